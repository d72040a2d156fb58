package agrippa.cloud.secret;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Somebody with a certificate who can sign those of others.
record Authority(X509Certificate certificate, PrivateKey key) {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2036-01-01T00:00:00Z");
  private static final AtomicLong SERIAL = new AtomicLong(1);

  /// One that nobody vouches for.
  static Authority root(String name, String keys) throws Exception {
    KeyPair pair = pair(keys);
    return new Authority(certificate(name, pair, name, pair.getPrivate()), pair.getPrivate());
  }

  /// One that this vouches for.
  Authority sign(String name, String keys) throws Exception {
    KeyPair pair = pair(keys);
    String issuer = certificate.getSubjectX500Principal().getName();
    return new Authority(certificate(name, pair, issuer, key), pair.getPrivate());
  }

  X509CRL revoke(X509Certificate other) throws Exception {
    var builder = new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(BEGIN));
    builder.addCRLEntry(other.getSerialNumber(), Date.from(BEGIN), 0);
    return new JcaX509CRLConverter().getCRL(builder.build(signer(key)));
  }

  private static X509Certificate certificate(
      String name, KeyPair pair, String issuer, PrivateKey signing) throws Exception {
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Principal(issuer.startsWith("CN=") ? issuer : "CN=" + issuer),
            BigInteger.valueOf(SERIAL.getAndIncrement()),
            Date.from(BEGIN),
            Date.from(END),
            new X500Principal("CN=" + name),
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer(signing)));
  }

  private static ContentSigner signer(PrivateKey key) throws Exception {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "Ed25519";
        };
    return new JcaContentSignerBuilder(algorithm).build(key);
  }

  /// @param kind such as `RSA 2048`, `EC 256`, `Ed25519 255`
  private static KeyPair pair(String kind) throws Exception {
    String[] parts = kind.split(" ");
    KeyPairGenerator generator = KeyPairGenerator.getInstance(parts[0]);
    generator.initialize(Integer.parseInt(parts[1]));
    return generator.generateKeyPair();
  }
}
