package agrippa.proxy.tls;

import static agrippa.proxy.tls.OpenSslObjects.done;
import static agrippa.proxy.tls.OpenSslObjects.present;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;

/// One SSL_CTX while it is being filled; see OpenSSL's manual for the numbers, which its headers
/// call by the names used here.
final class OpenSslSettings {
  private static final int SSL_CTRL_MODE = 33;
  private static final int SSL_CTRL_SET_SESS_CACHE_MODE = 44;
  private static final int SSL_CTRL_SET_TLSEXT_SERVERNAME_CB = 53;
  private static final int SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG = 54;
  private static final int SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB = 63;
  private static final int SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB_ARG = 64;
  private static final int SSL_CTRL_CHAIN_CERT = 89;
  private static final int SSL_CTRL_SET_DH_AUTO = 118;
  private static final int SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
  private static final int SSL_CTRL_SET_MAX_PROTO_VERSION = 124;

  private static final long SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER = 0x2;
  private static final long SSL_MODE_NO_AUTO_CHAIN = 0x8;
  private static final long SSL_MODE_RELEASE_BUFFERS = 0x10;

  private static final long SSL_OP_NO_COMPRESSION = 1L << 17;
  private static final long SSL_OP_PRIORITIZE_CHACHA = 1L << 21;
  private static final long SSL_OP_CIPHER_SERVER_PREFERENCE = 1L << 22;
  private static final long SSL_OP_NO_TLSV1 = 1L << 26;
  private static final long SSL_OP_NO_TLSV1_2 = 1L << 27;
  private static final long SSL_OP_NO_TLSV1_1 = 1L << 28;
  private static final long SSL_OP_NO_TLSV1_3 = 1L << 29;
  private static final long SSL_OP_NO_RENEGOTIATION = 1L << 30;

  private static final int SSL_VERIFY_NONE = 0;
  private static final int SSL_VERIFY_PEER = 1;
  private static final int SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;

  private enum Version {
    TLS_1_0("TLSv1", 0x0301, SSL_OP_NO_TLSV1),
    TLS_1_1("TLSv1.1", 0x0302, SSL_OP_NO_TLSV1_1),
    TLS_1_2("TLSv1.2", 0x0303, SSL_OP_NO_TLSV1_2),
    TLS_1_3("TLSv1.3", 0x0304, SSL_OP_NO_TLSV1_3);

    private final String text;
    private final int number;
    private final long off;

    Version(String text, int number, long off) {
      this.text = text;
      this.number = number;
      this.off = off;
    }
  }

  private final long context;

  private OpenSslSettings(long context) {
    this.context = context;
  }

  /// An SSL_CTX that speaks these versions and ciphers; empty ones mean the defaults.
  static OpenSslSettings of(List<String> versions, String ciphers) throws GeneralSecurityException {
    OpenSslSettings settings =
        new OpenSslSettings(present("settings", LibSslContext.create(LibSslContext.tlsMethod())));
    try {
      settings.behaviour();
      settings.versions(versions.isEmpty() ? TlsDefaults.VERSIONS : versions);
      settings.ciphers(ciphers, versions);
      return settings;
    } catch (GeneralSecurityException e) {
      settings.free();
      throw e;
    }
  }

  long pointer() {
    return context;
  }

  void free() {
    LibSslContext.free(context);
  }

  private void behaviour() {
    LibSslContext.options(
        context,
        SSL_OP_NO_COMPRESSION
            | SSL_OP_NO_RENEGOTIATION
            | SSL_OP_CIPHER_SERVER_PREFERENCE
            | SSL_OP_PRIORITIZE_CHACHA);
    // Not SSL_MODE_ENABLE_PARTIAL_WRITE: output goes to memory, which always takes all, so that
    // one call encrypts several records.
    LibSslContext.control(
        context,
        SSL_CTRL_MODE,
        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_RELEASE_BUFFERS,
        0);
    // Sessions live in tickets; a server-side cache would be memory that strangers fill.
    LibSslContext.control(context, SSL_CTRL_SET_SESS_CACHE_MODE, 0, 0);
    LibSslContext.control(context, SSL_CTRL_SET_DH_AUTO, 1, 0);
  }

  private void versions(List<String> names) throws GeneralSecurityException {
    int lowest = 0;
    int highest = 0;
    long off = 0;
    for (Version version : Version.values()) {
      if (names.contains(version.text)) {
        lowest = lowest == 0 ? version.number : lowest;
        highest = version.number;
      } else {
        off |= version.off;
      }
    }
    if (lowest == 0) {
      throw new GeneralSecurityException("no TLS version that can be spoken among " + names);
    }
    LibSslContext.options(context, off);
    done("versions", LibSslContext.control(context, SSL_CTRL_SET_MIN_PROTO_VERSION, lowest, 0));
    done("versions", LibSslContext.control(context, SSL_CTRL_SET_MAX_PROTO_VERSION, highest, 0));
    if (lowest < Version.TLS_1_2.number) {
      // Their signatures use SHA-1, which OpenSSL allows at no higher level.
      LibSslContext.securityLevel(context, 0);
    }
  }

  private void ciphers(String list, List<String> versions) throws GeneralSecurityException {
    boolean listed = !list.isBlank() && !versions.equals(List.of(Version.TLS_1_3.text));
    if (listed) {
      try (Arena arena = Arena.ofConfined()) {
        done(
            "ciphers",
            LibSslContext.cipherList(context, arena.allocateFrom(list.strip()).address()));
      }
    }
  }

  /// Proves ownership of a certificate to peers, and shows its chain as it is.
  void show(Certificate certificate) throws GeneralSecurityException {
    List<X509Certificate> chain = certificate.chain();
    for (int i = 0; i < chain.size(); i++) {
      long pointer = OpenSslObjects.certificate(chain.get(i));
      long added =
          i == 0
              ? LibSslContext.useCertificate(context, pointer)
              : LibSslContext.control(context, SSL_CTRL_CHAIN_CERT, 1, pointer);
      LibCrypto.freeCertificate(pointer);
      done("certificate", added);
    }
    long key = OpenSslObjects.key(certificate.key());
    int used = LibSslContext.usePrivateKey(context, key);
    LibCrypto.freeKey(key);
    done("private key", used);
  }

  /// Asks clients for a certificate of these issuers.
  ///
  /// @param store of [OpenSslObjects#store]; shared, not taken over
  void askClients(ClientAuth auth, List<X509Certificate> issuers, long store)
      throws GeneralSecurityException {
    int mode =
        switch (auth) {
          case NONE -> SSL_VERIFY_NONE;
          case OPTIONAL -> SSL_VERIFY_PEER;
          case MANDATORY -> SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
        };
    LibSslContext.verify(context, mode, 0);
    LibSslContext.shareCertificateStore(context, store);
    for (X509Certificate issuer : issuers) {
      long pointer = OpenSslObjects.certificate(issuer);
      int added = LibSslContext.addClientAuthority(context, pointer);
      LibCrypto.freeCertificate(pointer);
      done("issuer", added);
    }
  }

  /// Accepts only servers that the store's issuers vouch for.
  void verifyServers(long store) {
    LibSslContext.verify(context, SSL_VERIFY_PEER, 0);
    LibSslContext.shareCertificateStore(context, store);
  }

  /// Offers application protocols, as a client.
  void offer(List<String> protocols) throws GeneralSecurityException {
    if (!protocols.isEmpty()) {
      byte[] wire = TlsDefaults.alpnWire(protocols);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment bytes = arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_BYTE, wire);
        int failed = LibSslContext.alpnProtocols(context, bytes.address(), wire.length);
        done("application protocols", failed == 0 ? 1 : 0);
      }
    }
  }

  /// Resumes sessions by tickets, of this identity only.
  void resume(long ticketCallback, byte[] identity, long seconds) throws GeneralSecurityException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment id = arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_BYTE, identity);
      done(
          "session identity",
          LibSslContext.sessionIdContext(context, id.address(), identity.length));
    }
    LibSslContext.sessionTimeout(context, seconds);
    done("ticket keys", LibSslContext.ticketKeys(context, ticketCallback));
  }

  /// Asks back what is said of the certificate's status.
  void staple(long statusCallback, long argument) {
    LibSslContext.callback(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, statusCallback);
    LibSslContext.control(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB_ARG, 0, argument);
  }

  /// Asks back which certificate and protocol a client gets.
  void ask(long nameCallback, long protocolCallback, long argument) {
    LibSslContext.callback(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, nameCallback);
    LibSslContext.control(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, argument);
    if (protocolCallback != 0) {
      LibSslContext.alpnSelect(context, protocolCallback, argument);
    }
  }
}
