package agrippa.proxy.http2;

import agrippa.proxy.http.RequestHead;
import agrippa.proxy.transport.Buffer;

/// A channel to which requests are written, and from which an endpoint's responses are read.
final class ClientStream extends Stream {
  private final ClientConnection owner;
  // Whether the response has no body, whatever its head says.
  private boolean toHead;
  private boolean answered;

  ClientStream(ClientConnection owner) {
    super(owner);
    this.owner = owner;
  }

  @Override
  boolean head(Buffer from) {
    Http2Loop shared = connection.shared();
    RequestHead head = shared.request();
    int end = id == 0 ? shared.scanner().request(from, head) : 0;
    int stream = end > 0 ? owner.nextStream() : 0;
    if (stream == 0) {
      broken();
      return false;
    }
    boolean last = !head.chunked() && head.length() <= 0;
    Buffer block = shared.fields().request(from, head, connection.channel().tls() != null);
    if (!connection.outflow().headers(stream, block, last)) {
      return false;
    }
    owner.began(stream);
    bind(stream);
    connection.bind(this);
    toHead = head.isHead();
    answered = false;
    from.consume(end - from.start());
    out.head(last, head.chunked(), head.length());
    return true;
  }

  /// A response's head has come, or what is behind its body.
  ///
  /// @return whether it is well-formed
  boolean response(Buffer block, int from, int to, boolean ends) throws Violation {
    if (answered) {
      return trailers(block, from, to, ends);
    }
    ResponseText text = connection.shared().responseText();
    Buffer head = connection.shared().buffers().take(Http2Loop.LIST_LIMIT + Http2Loop.HEAD_EXTRA);
    text.begin(head);
    boolean small = connection.decode(block, from, to, text);
    boolean bodiless = toHead || text.bodiless();
    boolean sound =
        small
            && text.answers(ends, toHead)
            && !(ends && text.interim())
            && !(ends && !bodiless && text.length() > 0);
    if (!sound) {
      connection.shared().buffers().give(head);
    } else if (text.interim()) {
      in.interim(head);
    } else {
      answered = true;
      in.head(head, bodiless ? 0 : text.length(), ends);
    }
    return sound;
  }

  /// The endpoint wants no more of this exchange.
  void reset() {
    if (in.ended()) {
      // It has answered already: only the rest of the request is unwanted.
      mute();
    } else {
      fail();
    }
  }

  @Override
  ErrorCode unwanted() {
    return ErrorCode.CANCEL;
  }

  @Override
  ErrorCode givenUp() {
    return ErrorCode.CANCEL;
  }
}
