package agrippa.proxy.tls;

import agrippa.proxy.plan.Certificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// The JDK's blocking TLS sockets, as somebody else's peers.
final class Sockets {
  private Sockets() {}

  /// A context that believes everybody and counts how often it was shown a certificate: a resumed
  /// session shows none.
  static SSLContext context(@Nullable Certificate own, AtomicInteger shown) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(own), new TrustManager[] {new Counting(shown)}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static SSLContext context() {
    return context(null, new AtomicInteger());
  }

  static KeyManager @Nullable [] keys(@Nullable Certificate own)
      throws GeneralSecurityException, IOException {
    if (own == null) {
      return null;
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] password = "test".toCharArray();
    store.setKeyEntry("own", own.key(), password, own.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, password);
    return factory.getKeyManagers();
  }

  static SSLSocket connect(SSLContext context, InetSocketAddress to) throws IOException {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(to.getAddress(), to.getPort());
    socket.setSoTimeout(Rig.SECONDS * 1000);
    return socket;
  }

  /// Sends a line and reads it back.
  static String echo(SSLSocket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    byte[] back = socket.getInputStream().readNBytes(text.length());
    return new String(back, java.nio.charset.StandardCharsets.US_ASCII);
  }

  private record Counting(AtomicInteger shown) implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      shown.incrementAndGet();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      shown.incrementAndGet();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
