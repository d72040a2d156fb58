package agrippa.proxy.tls;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.OcspResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/// A certificate authority of its own, made anew for each use.
final class Pki {
  private static final AtomicLong SERIAL = new AtomicLong(1);

  private final X500Name name;
  private final KeyPair keys;
  private final X509Certificate certificate;

  Pki(String commonName) {
    name = new X500Name("CN=" + commonName);
    keys = keys("EC");
    certificate = sign(name, keys, name, keys, List.of(), true);
  }

  X509Certificate certificate() {
    return certificate;
  }

  /// A leaf with an EC key, and the authority behind it.
  Certificate issue(String commonName, String... dnsNames) {
    return issueWith("EC", commonName, dnsNames);
  }

  Certificate issueWith(String algorithm, String commonName, String... dnsNames) {
    KeyPair leaf = keys(algorithm);
    X509Certificate signed =
        sign(name, keys, new X500Name("CN=" + commonName), leaf, List.of(dnsNames), false);
    return new Certificate(List.of(signed, certificate), leaf.getPrivate());
  }

  static Certificate selfSigned(String commonName) {
    KeyPair own = keys("EC");
    X500Name subject = new X500Name("CN=" + commonName);
    X509Certificate signed = sign(subject, own, subject, own, List.of(), false);
    return new Certificate(List.of(signed), own.getPrivate());
  }

  X509CRL revoking(Certificate... revoked) {
    Date now = Date.from(Instant.now().minus(1, ChronoUnit.HOURS));
    X509v2CRLBuilder list = new X509v2CRLBuilder(name, now);
    list.setNextUpdate(Date.from(Instant.now().plus(1, ChronoUnit.DAYS)));
    for (Certificate one : revoked) {
      list.addCRLEntry(one.chain().getFirst().getSerialNumber(), now, CRLReason.keyCompromise);
    }
    try {
      return new JcaX509CRLConverter().getCRL(list.build(signer(keys)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Says that a certificate of ours is good, for a day.
  OcspResponse vouching(Certificate one) {
    try {
      DigestCalculator sha1 =
          new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1);
      X509CertificateHolder own = new JcaX509CertificateHolder(certificate);
      CertificateID id = new CertificateID(sha1, own, one.chain().getFirst().getSerialNumber());
      BasicOCSPResp basic =
          new BasicOCSPRespBuilder(own.getSubjectPublicKeyInfo(), sha1)
              .addResponse(
                  id,
                  CertificateStatus.GOOD,
                  Date.from(Instant.now().minus(1, ChronoUnit.HOURS)),
                  Date.from(Instant.now().plus(1, ChronoUnit.DAYS)))
              .build(signer(keys), new X509CertificateHolder[] {own}, Date.from(Instant.now()));
      return new OcspResponse(
          new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded());
    } catch (OCSPException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KeyPair keys(String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(algorithm.equals("EC") ? 256 : 2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate sign(
      X500Name issuer,
      KeyPair issuerKeys,
      X500Name subject,
      KeyPair subjectKeys,
      List<String> dnsNames,
      boolean authority) {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            BigInteger.valueOf(SERIAL.getAndIncrement()),
            Date.from(Instant.now().minus(1, ChronoUnit.HOURS)),
            Date.from(Instant.now().plus(30, ChronoUnit.DAYS)),
            subject,
            subjectKeys.getPublic());
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (authority) {
        builder.addExtension(
            Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      }
      if (!dnsNames.isEmpty()) {
        GeneralName[] names =
            dnsNames.stream()
                .map(dns -> new GeneralName(GeneralName.dNSName, dns))
                .toArray(GeneralName[]::new);
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer(issuerKeys)));
    } catch (CertIOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ContentSigner signer(KeyPair keys) {
    try {
      String algorithm = keys.getPrivate().getAlgorithm();
      String signature = algorithm.equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
      return new JcaContentSignerBuilder(signature).build(keys.getPrivate());
    } catch (OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The same certificate without what is behind it.
  static Certificate leafOnly(Certificate certificate) {
    return new Certificate(List.of(certificate.chain().getFirst()), certificate.key());
  }

  static List<X509Certificate> issuers(Pki... authorities) {
    return Stream.of(authorities).map(Pki::certificate).toList();
  }
}
