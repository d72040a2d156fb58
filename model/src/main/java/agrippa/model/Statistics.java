package agrippa.model;

/// What a listener has carried. All but `activeConnections` only grow.
public record Statistics(
    long bytesIn,
    long bytesOut,
    long activeConnections,
    long totalConnections,
    long requestErrors) {
  public static final Statistics ZERO = new Statistics(0, 0, 0, 0, 0);

  public Statistics plus(Statistics other) {
    return new Statistics(
        bytesIn + other.bytesIn,
        bytesOut + other.bytesOut,
        activeConnections + other.activeConnections,
        totalConnections + other.totalConnections,
        requestErrors + other.requestErrors);
  }
}
