package agrippa.proxy.http2;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;
import java.util.Arrays;

/// Takes a chunked body apart that the proxy itself has checked or made, at the pace at which it
/// can be sent on.
final class ChunkReader {
  private enum At {
    SIZE,
    EXTENSION,
    DATA,
    DATA_END,
    TRAILERS,
    DONE
  }

  private At at = At.SIZE;
  private long left;
  private int lineLength;
  private byte[] trailers = {};
  private int trailersEnd;

  void begin() {
    at = At.SIZE;
    left = 0;
    lineLength = 0;
    trailersEnd = 0;
  }

  /// Drops what is not data from the front of the content, up to data or to the end.
  ///
  /// @return bytes of data at the front; 0 if more of the body has to come, or [#done]
  int data(Buffer in) {
    while (!in.isEmpty() && at != At.DONE) {
      if (at == At.DATA) {
        return (int) Math.min(left, in.length());
      }
      step(in.at(in.start()));
      in.consume(1);
    }
    return 0;
  }

  /// Data was taken from the front of the content.
  void took(int count) {
    left -= count;
    if (left == 0) {
      at = At.DATA_END;
    }
  }

  private void step(byte b) {
    switch (at) {
      case SIZE -> size(b);
      case EXTENSION -> {
        if (b == '\n') {
          sizeEnds();
        }
      }
      case DATA_END -> {
        if (b == '\n') {
          begin();
        }
      }
      case TRAILERS -> trailer(b);
      case DATA, DONE -> throw new IllegalStateException(at.name());
    }
  }

  private void size(byte b) {
    if (b == '\n') {
      sizeEnds();
    } else if (b == ';') {
      at = At.EXTENSION;
    } else if (b != '\r') {
      left = left << 4 | Character.digit(Ascii.lower(b), 16);
    }
  }

  private void sizeEnds() {
    at = left == 0 ? At.TRAILERS : At.DATA;
  }

  private void trailer(byte b) {
    boolean lineEnds = b == '\n';
    if (lineEnds && lineLength == 0) {
      at = At.DONE;
    } else if (b != '\r') {
      lineLength = lineEnds ? 0 : lineLength + 1;
      if (trailersEnd == trailers.length) {
        trailers = Arrays.copyOf(trailers, Math.max(256, 2 * trailersEnd));
      }
      trailers[trailersEnd++] = b;
    }
  }

  /// Whether the body is complete.
  boolean done() {
    return at == At.DONE;
  }

  /// Copies the lines behind the last chunk, each with a line feed, to a buffer.
  ///
  /// @return how many bytes they are
  int trailers(Buffer into) {
    into.window(0, 0);
    into.put(0, trailers, 0, trailersEnd);
    into.produced(trailersEnd);
    return trailersEnd;
  }
}
