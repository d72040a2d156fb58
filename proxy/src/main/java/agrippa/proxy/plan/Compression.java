package agrippa.proxy.plan;

import java.util.List;

/// Which responses are compressed for clients that accept it (HTTP only).
///
/// @param codings what clients are offered, the preferred one first; empty: nothing is compressed
/// @param types media types in lower case, such as `text/html`, or all of a kind, such as `text/*`
public record Compression(List<Coding> codings, List<String> types) {
  public static final Compression NONE = new Compression(List.of(), List.of());

  public Compression {
    codings = List.copyOf(codings);
    types = List.copyOf(types);
  }

  /// A content coding (RFC 9110, section 8.4.1).
  public enum Coding {
    /// RFC 1952.
    GZIP,
    /// RFC 8878.
    ZSTD
  }
}
