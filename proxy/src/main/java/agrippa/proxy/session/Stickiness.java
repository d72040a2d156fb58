package agrippa.proxy.session;

import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.Cookies;
import agrippa.proxy.http.FieldName;
import agrippa.proxy.http.Fields;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.transport.Buffer;
import org.jspecify.annotations.Nullable;

/// Keeps one client connection's requests where cookies say. Persistence by address is the
/// upstream's own business.
final class Stickiness {
  private static final byte[] NOT_CACHED = Ascii.bytes("Cache-control: private\r\n");

  // What the fields below were made from: most requests of a connection go to the same upstream.
  private @Nullable Persistence current;
  private byte[] name = new byte[0];

  /// The endpoint that a cookie of the request asks for, or null. Several cookies of one name come
  /// from other paths or domains, in an order that tells nothing: the first that leads somewhere
  /// counts.
  @Nullable LiveEndpoint asked(LiveUpstream upstream, Buffer in, Fields fields) {
    Persistence persistence = adopt(upstream.plan());
    if (persistence == null || persistence instanceof Persistence.SourceIp) {
      return null;
    }
    boolean inserted = persistence instanceof Persistence.InsertedCookie;
    LiveEndpoint found = null;
    long value = Cookies.sent(in, fields, name, 0);
    while (value != Cookies.NONE && found == null) {
      int from = Cookies.from(value);
      int to = Cookies.to(value);
      found = inserted ? upstream.named(in, from, to) : upstream.learnt(in, from, to);
      value = Cookies.sent(in, fields, name, to);
    }
    return found;
  }

  /// The cookie that endpoints must not see, or null.
  byte @Nullable [] hidden(LiveUpstream upstream) {
    return adopt(upstream.plan()) instanceof Persistence.InsertedCookie ? name : null;
  }

  /// What a response of this endpoint must say so that the client comes back to it, or null.
  byte @Nullable [] announcement(LiveUpstream upstream, LiveEndpoint endpoint) {
    if (!(adopt(upstream.plan()) instanceof Persistence.InsertedCookie(String cookie))) {
      return null;
    }
    byte[] set =
        Ascii.bytes("Set-Cookie: " + cookie + "=" + endpoint.plan().name() + "; path=/\r\n");
    byte[] lines = new byte[set.length + NOT_CACHED.length];
    System.arraycopy(set, 0, lines, 0, set.length);
    System.arraycopy(NOT_CACHED, 0, lines, set.length, NOT_CACHED.length);
    return lines;
  }

  /// Learns from the cookies that a response sets.
  void learn(LiveUpstream upstream, LiveEndpoint endpoint, Buffer in, Fields fields) {
    if (!(adopt(upstream.plan()) instanceof Persistence.LearntCookie)) {
      return;
    }
    int field = fields.find(FieldName.SET_COOKIE, 0);
    while (field >= 0) {
      long value = Cookies.set(in, fields, field, name);
      if (value != Cookies.NONE && Cookies.from(value) < Cookies.to(value)) {
        upstream.learn(endpoint, in, Cookies.from(value), Cookies.to(value));
      }
      field = fields.find(FieldName.SET_COOKIE, field + 1);
    }
  }

  private @Nullable Persistence adopt(Upstream plan) {
    Persistence persistence = plan.persistence();
    if (persistence != current) {
      current = persistence;
      name =
          switch (persistence) {
            case Persistence.InsertedCookie(String cookie) -> Ascii.bytes(cookie);
            case Persistence.LearntCookie(String cookie) -> Ascii.bytes(cookie);
            case Persistence.SourceIp _ -> new byte[0];
            case null -> new byte[0];
          };
    }
    return persistence;
  }
}
