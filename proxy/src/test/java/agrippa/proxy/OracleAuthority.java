package agrippa.proxy;

import agrippa.proxy.plan.Certificate;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Issues certificates to whom it is told, with any name and of any age.
final class OracleAuthority {
  private static final AtomicLong SERIAL = new AtomicLong(1);

  private final X500Name name;
  private final KeyPair keys = keys();
  private final X509Certificate certificate;

  OracleAuthority(String name) throws Exception {
    this.name = new X500Name(name);
    certificate = sign(this.name, keys, true, 30);
  }

  X509Certificate certificate() {
    return certificate;
  }

  Certificate server(String commonName, String... dnsNames) throws Exception {
    return issue(new X500Name("CN=" + commonName), 30, dnsNames);
  }

  Certificate client(X500Name subject) throws Exception {
    return issue(subject, 30);
  }

  Certificate expired(X500Name subject) throws Exception {
    return issue(subject, -1);
  }

  X509CRL revoking(Certificate... revoked) throws Exception {
    Date now = Date.from(Instant.now().minus(1, ChronoUnit.HOURS));
    X509v2CRLBuilder list = new X509v2CRLBuilder(name, now);
    list.setNextUpdate(Date.from(Instant.now().plus(1, ChronoUnit.DAYS)));
    for (Certificate one : revoked) {
      list.addCRLEntry(one.chain().getFirst().getSerialNumber(), now, CRLReason.keyCompromise);
    }
    return new JcaX509CRLConverter().getCRL(list.build(signer(keys.getPrivate())));
  }

  private Certificate issue(X500Name subject, int days, String... dnsNames) throws Exception {
    KeyPair own = keys();
    return new Certificate(
        List.of(sign(subject, own, false, days, dnsNames), certificate), own.getPrivate());
  }

  private X509Certificate sign(
      X500Name subject, KeyPair own, boolean authority, int days, String... dnsNames)
      throws Exception {
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.valueOf(SERIAL.getAndIncrement()),
            Date.from(now.minus(10, ChronoUnit.DAYS)),
            Date.from(now.plus(days, ChronoUnit.DAYS)),
            subject,
            own.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (authority) {
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    }
    if (dnsNames.length > 0) {
      GeneralName[] names = new GeneralName[dnsNames.length];
      for (int i = 0; i < names.length; i++) {
        names[i] = new GeneralName(GeneralName.dNSName, dnsNames[i]);
      }
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(signer(keys.getPrivate())));
  }

  private static KeyPair keys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static ContentSigner signer(PrivateKey key) throws Exception {
    return new JcaContentSignerBuilder("SHA256withECDSA").build(key);
  }
}
