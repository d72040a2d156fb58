package agrippa.provider.builtin;

/// What operators want to know of what is served.
///
/// @param oneIn one in so many requests is journaled unless a load balancer wants fewer; 0 for none
/// @param trace whether all requests get a trace that have none
public record Observing(int oneIn, boolean trace) {
  public static final Observing NOTHING = new Observing(0, false);
}
