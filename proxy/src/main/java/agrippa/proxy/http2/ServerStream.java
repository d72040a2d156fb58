package agrippa.proxy.http2;

import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.transport.Buffer;

/// A channel from which requests of a client are read, and to which responses are written.
final class ServerStream extends Stream {
  // Whether the response has no body, whatever its head says.
  private boolean toHead;

  ServerStream(Connection connection) {
    super(connection);
  }

  /// A request has come.
  ///
  /// @param head its text; it belongs to this channel from now on
  void request(int stream, Buffer head, RequestText text, boolean ends) {
    bind(stream);
    toHead = text.isHead();
    in.head(head, text.length(), ends);
  }

  @Override
  boolean head(Buffer from) {
    Http2Loop shared = connection.shared();
    ResponseHead head = shared.response();
    int end = id == 0 ? 0 : shared.scanner().response(from, head, toHead);
    if (end <= 0) {
      broken();
      return false;
    }
    Buffer block = shared.fields().response(from, head);
    boolean interim = head.interim();
    boolean last = !interim && (head.bodiless() || head.length() == 0 && !head.chunked());
    if (!connection.outflow().headers(id, block, last)) {
      return false;
    }
    from.consume(end - from.start());
    if (!interim) {
      out.head(last, head.chunked(), head.length());
    }
    return true;
  }

  @Override
  ErrorCode unwanted() {
    return ErrorCode.NO_ERROR;
  }

  @Override
  ErrorCode givenUp() {
    return ErrorCode.INTERNAL_ERROR;
  }
}
