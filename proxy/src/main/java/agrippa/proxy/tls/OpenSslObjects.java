package agrippa.proxy.tls;

import java.io.ByteArrayInputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/// Takes certificates, keys and revocation lists to OpenSSL and back, in memory and as DER. Whoever
/// asks for a pointer frees it.
final class OpenSslObjects {
  private static final long CRL_CHECK = 0x4;
  private static final long CRL_CHECK_ALL = 0x8;
  private static final long PARTIAL_CHAIN = 0x8_0000;

  private static final int SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP = 71;

  private OpenSslObjects() {}

  /// Gives a connection an OCSP response to show.
  ///
  /// @return whether it took it
  static boolean staple(long ssl, byte[] response) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, response);
      long copy = LibCrypto.copy(bytes.address(), response.length);
      return copy != 0
          && LibSsl.control(ssl, SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, response.length, copy)
              == 1;
    }
  }

  static long certificate(X509Certificate certificate) throws GeneralSecurityException {
    return parsed("certificate", LibCrypto::parseCertificate, certificate.getEncoded());
  }

  /// The copies that this makes on the way are wiped.
  static long key(PrivateKey key) throws GeneralSecurityException {
    byte[] der = key.getEncoded();
    if (der == null) {
      throw new InvalidKeyException("the private key does not show itself");
    }
    try {
      return parsed("private key", LibCrypto::parseKey, der);
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  /// A store that trusts these issuers, roots or not, and asks their revocation lists if any are
  /// given: for every certificate of a chain then, as HAProxy does.
  static long store(List<X509Certificate> issuers, List<X509CRL> revoked)
      throws GeneralSecurityException {
    long store = present("certificate store", LibCrypto.newStore());
    try {
      for (X509Certificate issuer : issuers) {
        long pointer = certificate(issuer);
        int stored = LibCrypto.storeCertificate(store, pointer);
        LibCrypto.freeCertificate(pointer);
        done("issuer", stored);
      }
      for (X509CRL list : revoked) {
        long pointer = parsed("revocation list", LibCrypto::parseRevocations, list.getEncoded());
        int stored = LibCrypto.storeRevocations(store, pointer);
        LibCrypto.freeRevocations(pointer);
        done("revocation list", stored);
      }
      long flags = PARTIAL_CHAIN | (revoked.isEmpty() ? 0 : CRL_CHECK | CRL_CHECK_ALL);
      done("verification", LibCrypto.storeFlags(store, flags));
      return store;
    } catch (GeneralSecurityException e) {
      LibCrypto.freeStore(store);
      throw e;
    }
  }

  /// The certificate at a pointer, which stays the caller's.
  static X509Certificate certificate(long pointer) throws CertificateException {
    int length = LibCrypto.encodeCertificate(pointer, 0);
    if (length <= 0) {
      throw new CertificateException(OpenSslErrors.drain());
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment der = arena.allocate(length);
      MemorySegment position = arena.allocate(ValueLayout.JAVA_LONG);
      position.set(ValueLayout.JAVA_LONG, 0, der.address());
      LibCrypto.encodeCertificate(pointer, position.address());
      byte[] bytes = der.toArray(ValueLayout.JAVA_BYTE);
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes));
    }
  }

  /// @throws GeneralSecurityException with the library's reason if a function returned no pointer
  static long present(String what, long pointer) throws GeneralSecurityException {
    if (pointer == 0) {
      throw new GeneralSecurityException("OpenSSL takes no " + what + ": " + OpenSslErrors.drain());
    }
    return pointer;
  }

  /// @throws GeneralSecurityException with the library's reason if a function did not return 1
  static void done(String what, long result) throws GeneralSecurityException {
    if (result != 1) {
      throw new GeneralSecurityException(
          "OpenSSL refuses the " + what + ": " + OpenSslErrors.drain());
    }
  }

  private static long parsed(String what, Parser parser, byte[] der)
      throws GeneralSecurityException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(der.length);
      MemorySegment.copy(der, 0, bytes, ValueLayout.JAVA_BYTE, 0, der.length);
      MemorySegment position = arena.allocate(ValueLayout.JAVA_LONG);
      position.set(ValueLayout.JAVA_LONG, 0, bytes.address());
      long pointer = parser.parse(0, position.address(), der.length);
      bytes.fill((byte) 0);
      return present(what, pointer);
    }
  }

  private interface Parser {
    long parse(long reuse, long position, long length);
  }
}
