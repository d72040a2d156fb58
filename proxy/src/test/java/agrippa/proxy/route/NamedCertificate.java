package agrippa.proxy.route;

import java.math.BigInteger;
import java.security.Principal;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/// A certificate that is nothing but its subject's name.
final class NamedCertificate extends X509Certificate {
  private final X500Principal subject;

  NamedCertificate(String name) {
    subject = new X500Principal(name);
  }

  @Override
  public X500Principal getSubjectX500Principal() {
    return subject;
  }

  private static UnsupportedOperationException nameless() {
    return new UnsupportedOperationException("only a name");
  }

  @Override
  public void checkValidity() {
    throw nameless();
  }

  @Override
  public void checkValidity(Date date) {
    throw nameless();
  }

  @Override
  public int getVersion() {
    throw nameless();
  }

  @Override
  public BigInteger getSerialNumber() {
    throw nameless();
  }

  @Override
  @SuppressWarnings("deprecation")
  public Principal getIssuerDN() {
    throw nameless();
  }

  @Override
  @SuppressWarnings("deprecation")
  public Principal getSubjectDN() {
    throw nameless();
  }

  @Override
  public Date getNotBefore() {
    throw nameless();
  }

  @Override
  public Date getNotAfter() {
    throw nameless();
  }

  @Override
  public byte[] getTBSCertificate() {
    throw nameless();
  }

  @Override
  public byte[] getSignature() {
    throw nameless();
  }

  @Override
  public String getSigAlgName() {
    throw nameless();
  }

  @Override
  public String getSigAlgOID() {
    throw nameless();
  }

  @Override
  public byte[] getSigAlgParams() {
    throw nameless();
  }

  @Override
  public boolean[] getIssuerUniqueID() {
    throw nameless();
  }

  @Override
  public boolean[] getSubjectUniqueID() {
    throw nameless();
  }

  @Override
  public boolean[] getKeyUsage() {
    throw nameless();
  }

  @Override
  public int getBasicConstraints() {
    throw nameless();
  }

  @Override
  public byte[] getEncoded() {
    throw nameless();
  }

  @Override
  public void verify(PublicKey key) {
    throw nameless();
  }

  @Override
  public void verify(PublicKey key, String provider) {
    throw nameless();
  }

  @Override
  public String toString() {
    return "NamedCertificate[" + subject + "]";
  }

  @Override
  public PublicKey getPublicKey() {
    throw nameless();
  }

  @Override
  public boolean hasUnsupportedCriticalExtension() {
    throw nameless();
  }

  @Override
  public Set<String> getCriticalExtensionOIDs() {
    throw nameless();
  }

  @Override
  public Set<String> getNonCriticalExtensionOIDs() {
    throw nameless();
  }

  @Override
  public byte[] getExtensionValue(String oid) {
    throw nameless();
  }
}
