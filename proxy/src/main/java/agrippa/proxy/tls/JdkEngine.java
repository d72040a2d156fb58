package agrippa.proxy.tls;

import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.EventLoop.TlsContext;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// TLS by the JDK: everywhere the same, and about a third as fast at handshakes.
final class JdkEngine implements TlsEngine {
  private final Map<EventLoop, JdkLoop> loops = new ConcurrentHashMap<>();
  private final SecureRandom random;

  JdkEngine(SecureRandom random) {
    this.random = random;
  }

  @Override
  public String name() {
    return "JDK " + Runtime.version();
  }

  @Override
  public TlsContext server(TlsServer plan) throws GeneralSecurityException {
    return new LayeredTls(JdkSource.server(this, plan));
  }

  @Override
  public TlsContext client(TlsClient plan) throws GeneralSecurityException {
    return new LayeredTls(JdkSource.client(this, plan));
  }

  @Override
  public TlsContext unverified() throws GeneralSecurityException {
    return client(new TlsClient(null, List.of(), List.of(), "", TlsDefaults.VERSIONS, List.of()));
  }

  JdkLoop loop(EventLoop loop) {
    JdkLoop known = loops.get(loop);
    return known != null ? known : loops.computeIfAbsent(loop, any -> new JdkLoop());
  }

  SecureRandom random() {
    return random;
  }

  @Override
  public void close() {
    loops.values().forEach(JdkLoop::free);
    loops.clear();
  }
}
