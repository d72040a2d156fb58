package agrippa.proxy.encode;

import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.transport.Buffer;

/// Puts one body after another into a content coding, piece by piece.
public sealed interface BodyEncoder permits GzipEncoder, ZstdEncoder {
  Coding coding();

  /// Encodes the content of `from` behind that of `to`, so that whoever has all that came so far
  /// can decode as much.
  ///
  /// @param from at most [Encoders#PIECE] bytes
  /// @param to with room for [Encoders#bound] of them
  /// @param last whether the body ends with it
  void encode(Buffer from, Buffer to, boolean last);

  /// Forgets the body, so that another one can begin.
  void reset();

  /// Frees its memory.
  void close();
}
