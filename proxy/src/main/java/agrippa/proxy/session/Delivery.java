package agrippa.proxy.session;

import agrippa.proxy.http.RequestHead;
import agrippa.proxy.session.Relay.Framing;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import org.jspecify.annotations.Nullable;

/// A request on its way from the client to an endpoint. Used for request after request.
final class Delivery {
  private final Relay body;
  // Some of the request will never be delivered.
  private boolean broken;

  Delivery(HttpLoop http) {
    this.body = new Relay(http);
  }

  /// Begins with a request whose head was just scanned.
  ///
  /// @param drained whether the read that brought the head left nothing behind
  /// @return where the part of the body ends that came with the head, or -1 if its framing is bad
  int begin(Buffer in, RequestHead head, Channel client, boolean drained) {
    broken = false;
    Framing framing =
        head.chunked() ? Framing.CHUNKED : head.length() > 0 ? Framing.LENGTH : Framing.NONE;
    body.begin(client, framing, head.length(), drained);
    return body.take(in, head.end());
  }

  /// Sends what came first.
  ///
  /// @return whether the endpoint is sound
  boolean send(Buffer out, Channel endpoint) {
    body.sink(endpoint);
    return body.send(out);
  }

  /// Goes on with a body that was not all there.
  Relay.Outcome move() {
    return body.move();
  }

  /// Whether there may be more to move although no event will tell.
  boolean movable() {
    return !body.taken() && !body.drained();
  }

  /// Whether all of it came from the client.
  boolean taken() {
    return body.taken();
  }

  /// Whether all of it came, and nothing of it is lost.
  boolean sound() {
    return body.taken() && !broken;
  }

  /// Whether all of it is with the endpoint.
  boolean delivered() {
    return body.done() && !broken;
  }

  /// Whether some of it is still to be delivered, and can be.
  boolean underWay() {
    return !body.done() && !broken;
  }

  /// Whether nothing more of it is wanted from the client.
  boolean over() {
    return body.taken() || broken;
  }

  boolean waitsForClient() {
    return !body.taken() && !body.blocked() && !broken;
  }

  /// Whether the last read left nothing behind, so that an event follows when something comes.
  boolean drained() {
    return body.drained();
  }

  /// Says that the client has sent something which is not read now.
  void missed() {
    body.missed();
  }

  /// Bytes that were read behind the request; the caller owns them.
  @Nullable Buffer surplus() {
    return body.surplus();
  }

  /// Bytes read from the client since this was asked last.
  long received() {
    return body.received();
  }

  /// The endpoint takes no more.
  void broke() {
    broken = true;
  }

  /// Nobody will get what is still to come.
  void giveUp() {
    broken |= !body.taken();
    body.reset();
  }

  /// A request that is here as a whole will be sent once more.
  void restart() {
    body.reset();
    broken = false;
  }

  void reset() {
    body.reset();
  }
}
