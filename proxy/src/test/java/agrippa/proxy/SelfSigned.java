package agrippa.proxy;

import agrippa.proxy.plan.Certificate;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// A fresh key with a certificate of its own signature, made by the JDK's keytool.
///
/// @param certificate for plans
/// @param context for servers of tests
record SelfSigned(Certificate certificate, SSLContext context) {
  private static final String PASSWORD = "changeit";

  static SelfSigned of(String name) throws IOException, GeneralSecurityException {
    Path folder = Files.createTempDirectory("agrippa-keys");
    Path store = folder.resolve("keys.p12");
    try {
      generate(name, store);
      return read(KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray()));
    } finally {
      Files.deleteIfExists(store);
      Files.delete(folder);
    }
  }

  /// What a client uses that takes any certificate, and looks at it afterwards.
  static SSLContext trustingAnybody() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAnybody()}, null);
    return context;
  }

  private static void generate(String name, Path store) throws IOException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:" + name,
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes());
    if (keytool.onExit().join().exitValue() != 0) {
      throw new IOException(said);
    }
  }

  private static SelfSigned read(KeyStore store) throws GeneralSecurityException {
    X509Certificate leaf = (X509Certificate) store.getCertificate("own");
    PrivateKey key = (PrivateKey) store.getKey("own", PASSWORD.toCharArray());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return new SelfSigned(new Certificate(List.of(leaf), key), context);
  }

  private static final class TrustAnybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
