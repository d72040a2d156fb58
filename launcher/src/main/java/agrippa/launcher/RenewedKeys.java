package agrippa.launcher;

import agrippa.control.spi.Secrets.KeyPair;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The key of a server, which may be another for the next handshake.
final class RenewedKeys extends X509ExtendedKeyManager {
  private volatile X509ExtendedKeyManager current;
  // A handshake that has chosen a key asks for it once more.
  private volatile X509ExtendedKeyManager previous;
  // Names of keys are never used again.
  private int renewals;

  /// @throws UserError if the JDK's TLS does not take it
  RenewedKeys(KeyPair first) {
    current = manager(first, 0);
    previous = current;
  }

  /// Has handshakes that begin from now on use this. One call at a time.
  ///
  /// @throws UserError if the JDK's TLS does not take it
  void renew(KeyPair next) {
    X509ExtendedKeyManager renewed = manager(next, ++renewals);
    previous = current;
    current = renewed;
  }

  private static X509ExtendedKeyManager manager(KeyPair pair, int number) {
    char[] none = new char[0];
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "api-" + number, pair.key(), none, pair.chain().toArray(Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, none);
      return (X509ExtendedKeyManager) keys.getKeyManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new UserError("TLS does not take the API's certificate: " + e.getMessage(), e);
    }
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return current.chooseServerAlias(type, issuers, socket);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return current.chooseEngineServerAlias(type, issuers, engine);
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
    return current.getServerAliases(type, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    X509Certificate[] chain = current.getCertificateChain(alias);
    return chain == null ? previous.getCertificateChain(alias) : chain;
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    PrivateKey key = current.getPrivateKey(alias);
    return key == null ? previous.getPrivateKey(alias) : key;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
    return null;
  }
}
