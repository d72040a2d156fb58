package agrippa.proxy.session;

import agrippa.proxy.journal.Ending;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What follows a 101: client and endpoint speak another protocol, until both have ended.
final class Upgrade implements Tunnel.Owner {
  private final HttpSession session;
  private final HttpLoop http;
  private final Channel client;
  private final Passage passage;
  private @Nullable Tunnel tunnel;

  Upgrade(HttpSession session, HttpLoop http, Channel client, Passage passage) {
    this.session = session;
    this.http = http;
    this.client = client;
    this.passage = passage;
  }

  /// Joins the client with this endpoint.
  void begin(Channel endpoint, Timeouts timeouts) {
    Buffer early = session.takeHeld();
    Buffer preface = null;
    if (early != null) {
      preface = http.loop().borrow();
      preface.append(early);
      http.giveBack(early);
    }
    tunnel = new Tunnel(client, endpoint, preface, timeouts, this);
    // What came meanwhile was told already.
    endpoint.readAgain();
    tunnel.begin();
  }

  void expired() {
    Objects.requireNonNull(tunnel).expired();
  }

  /// Breaks off, if there is anything to break off.
  void end() {
    if (tunnel != null) {
      Tunnel ending = tunnel;
      tunnel = null;
      passage.ended(Ending.ENDED);
      ending.abort();
    }
  }

  @Override
  public void received(long bytes) {
    passage.received(bytes);
  }

  @Override
  public void sent(long bytes) {
    passage.sent(bytes);
  }

  @Override
  public void arm(long millis) {
    session.arm(millis);
  }

  @Override
  public void brokenOff(boolean byClient) {
    passage.ended(byClient ? Ending.CLIENT_ABORTED : Ending.ENDPOINT_ABORTED);
  }

  @Override
  public void tunnelEnded() {
    passage.ended(Ending.DONE);
    tunnel = null;
    session.end();
  }
}
