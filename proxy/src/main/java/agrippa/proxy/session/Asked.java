package agrippa.proxy.session;

import agrippa.proxy.http.RequestHead;
import agrippa.proxy.transport.Buffer;

/// What of a request's head matters after it was sent. Used for request after request.
final class Asked {
  private boolean head;
  private boolean http11;
  private boolean keepAlive;
  private boolean idempotent;
  private boolean upgrade;

  Asked() {
    nothing();
  }

  /// Remembers a head that was just scanned.
  void remember(Buffer in, RequestHead request) {
    head = request.isHead();
    http11 = request.http11();
    keepAlive = request.keepAlive();
    idempotent = request.idempotent(in);
    upgrade = RequestEdit.wantsUpgrade(in, request);
  }

  /// There is no valid request: who is answered all the same is taken for a client of today that
  /// will not be listened to again.
  void nothing() {
    head = keepAlive = idempotent = upgrade = false;
    http11 = true;
  }

  /// Whether the response has no body.
  boolean head() {
    return head;
  }

  /// Whether the client knows of chunks and interim responses.
  boolean http11() {
    return http11;
  }

  /// Whether the client may send another request.
  boolean keepAlive() {
    return keepAlive;
  }

  void lastRequest() {
    keepAlive = false;
  }

  boolean idempotent() {
    return idempotent;
  }

  /// Whether the connection may change its protocol.
  boolean upgrade() {
    return upgrade;
  }
}
