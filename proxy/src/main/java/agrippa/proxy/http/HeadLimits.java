package agrippa.proxy.http;

/// How much a peer may ask a scanner to hold.
///
/// @param head bytes of a whole head
/// @param target bytes of a request's target
/// @param fields number of fields in a head
/// @param chunkLine bytes of a chunk's size line, extensions included
/// @param trailers bytes of all trailer fields of a body
public record HeadLimits(int head, int target, int fields, int chunkLine, int trailers) {
  /// Twice what HAProxy takes in its default configuration.
  public static final HeadLimits STANDARD = new HeadLimits(32_768, 16_384, 128, 1_024, 8_192);

  public HeadLimits {
    if (head < 1 || target < 1 || fields < 1 || chunkLine < 1 || trailers < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }
}
