package agrippa.proxy.tls;

import agrippa.proxy.plan.Certificate;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Certificates by position, chosen by server name; the alias of each is its position.
final class JdkKeys extends X509ExtendedKeyManager {
  private final List<Certificate> certificates;
  private final ServerNames names;

  JdkKeys(List<Certificate> certificates) {
    this.certificates = List.copyOf(certificates);
    this.names = new ServerNames(certificates);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    int position = names.certificate(requested(engine));
    return fits(position, keyType) ? Integer.toString(position) : null;
  }

  /// Our one certificate, whatever issuers the server names: it is for the server to judge.
  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    boolean fits = Arrays.stream(keyTypes).anyMatch(type -> fits(0, type));
    return fits ? "0" : null;
  }

  static @Nullable String requested(SSLEngine engine) {
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      return hostName(session.getRequestedServerNames());
    }
    return null;
  }

  static @Nullable String hostName(List<SNIServerName> names) {
    for (SNIServerName name : names) {
      if (name instanceof SNIHostName host) {
        return host.getAsciiName();
      }
    }
    return null;
  }

  private boolean fits(int position, String keyType) {
    if (position >= certificates.size()) {
      return false;
    }
    String algorithm =
        switch (certificates.get(position).key().getAlgorithm()) {
          case "ECDSA" -> "EC";
          case "Ed25519", "Ed448" -> "EdDSA";
          case String other -> other;
        };
    return algorithm.equals(keyType);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return certificates.get(Integer.parseInt(alias)).chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return certificates.get(Integer.parseInt(alias)).key();
  }

  // What follows is asked by sockets only, and there are none.

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
