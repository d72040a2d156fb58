package agrippa.proxy.plan;

/// What is written down of a frontend's requests, connections or flows.
///
/// @param owner told with each entry; means nothing to the proxy
/// @param balancer likewise: what the frontend is a part of
/// @param oneIn one of so many entries is written, by chance; 1 for all
public record Journaling(String owner, String balancer, int oneIn) {
  public Journaling {
    if (oneIn < 1) {
      throw new IllegalArgumentException("oneIn must be positive: " + oneIn);
    }
  }
}
