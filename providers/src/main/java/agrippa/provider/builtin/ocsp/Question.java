package agrippa.provider.builtin.ocsp;

import agrippa.proxy.plan.OcspResponse;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/// What a responder is asked about one certificate, and how its answer is believed.
///
/// @param serial of the certificate
/// @param issuer who vouches for it
/// @param responder where the certificate says that its issuer answers
record Question(BigInteger serial, X509CertificateHolder issuer, URI responder) {
  /// How far clocks may differ.
  private static final Duration SKEW = Duration.ofMinutes(5);

  /// How long an answer counts that does not say.
  private static final Duration UNSAID = Duration.ofHours(1);

  /// @param response good, and signed by whom it must be
  /// @param until when it has to be replaced
  record Answer(OcspResponse response, Instant until) {}

  /// @param chain the certificate and its issuer first
  /// @return nothing if it names no responder that can be asked
  static Optional<Question> about(List<X509Certificate> chain) {
    if (chain.size() < 2) {
      return Optional.empty();
    }
    try {
      X509CertificateHolder leaf = new JcaX509CertificateHolder(chain.get(0));
      X509CertificateHolder issuer = new JcaX509CertificateHolder(chain.get(1));
      return responder(leaf).map(it -> new Question(leaf.getSerialNumber(), issuer, it));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // What tenants upload need not make sense as a whole.
      return Optional.empty();
    }
  }

  private static Optional<URI> responder(X509CertificateHolder leaf) {
    AuthorityInformationAccess access =
        leaf.getExtensions() == null
            ? null
            : AuthorityInformationAccess.fromExtensions(leaf.getExtensions());
    return access == null
        ? Optional.empty()
        : Arrays.stream(access.getAccessDescriptions())
            .filter(it -> it.getAccessMethod().equals(AccessDescription.id_ad_ocsp))
            .map(AccessDescription::getAccessLocation)
            .filter(it -> it.getTagNo() == GeneralName.uniformResourceIdentifier)
            .map(it -> URI.create(ASN1IA5String.getInstance(it.getName()).getString()))
            .filter(it -> "http".equalsIgnoreCase(it.getScheme()) && it.getHost() != null)
            .findFirst();
  }

  /// An OCSPRequest.
  byte[] encoded() throws IOException {
    try {
      CertificateID id = new CertificateID(digests().get(CertificateID.HASH_SHA1), issuer, serial);
      return new OCSPReqBuilder().addRequest(id).build().getEncoded();
    } catch (OCSPException | OperatorCreationException e) {
      throw new IOException("the question cannot be put", e);
    }
  }

  /// @throws IOException if it is not a good answer to this question, saying why
  Answer read(byte[] der, Instant now) throws IOException {
    try {
      OCSPResp whole = new OCSPResp(der);
      if (whole.getStatus() != OCSPResp.SUCCESSFUL
          || !(whole.getResponseObject() instanceof BasicOCSPResp basic)) {
        throw new IOException("the responder answers with status " + whole.getStatus());
      }
      if (!signed(basic, now)) {
        throw new IOException("the answer is not signed by the issuer, nor in its name");
      }
      return new Answer(new OcspResponse(der), until(basic, now));
    } catch (OCSPException
        | OperatorCreationException
        | CertException
        | GeneralSecurityException
        | IllegalArgumentException
        | IllegalStateException e) {
      throw new IOException("the answer cannot be understood", e);
    }
  }

  private boolean signed(BasicOCSPResp basic, Instant now)
      throws OCSPException,
          OperatorCreationException,
          CertException,
          GeneralSecurityException,
          IOException {
    if (signedBy(issuer, basic)) {
      return true;
    }
    for (X509CertificateHolder each : basic.getCerts()) {
      if (mayAnswer(each, now) && signedBy(each, basic)) {
        return true;
      }
    }
    return false;
  }

  private static boolean signedBy(X509CertificateHolder signer, BasicOCSPResp basic)
      throws OCSPException, OperatorCreationException, GeneralSecurityException, IOException {
    return basic.isSignatureValid(
        new JcaContentVerifierProviderBuilder().build(signer.getSubjectPublicKeyInfo()));
  }

  /// Whether the issuer has let it answer in its name (RFC 6960, section 4.2.2.2).
  private boolean mayAnswer(X509CertificateHolder delegate, Instant now)
      throws CertException, OperatorCreationException, GeneralSecurityException, IOException {
    ExtendedKeyUsage usage =
        delegate.getExtensions() == null
            ? null
            : ExtendedKeyUsage.fromExtensions(delegate.getExtensions());
    return usage != null
        && usage.hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning)
        && delegate.isValidOn(Date.from(now))
        && delegate.getIssuer().equals(issuer.getSubject())
        && delegate.isSignatureValid(
            new JcaContentVerifierProviderBuilder().build(issuer.getSubjectPublicKeyInfo()));
  }

  private Instant until(BasicOCSPResp basic, Instant now)
      throws OCSPException, OperatorCreationException, IOException {
    for (SingleResp each : basic.getResponses()) {
      CertificateID id = each.getCertID();
      if (id.getSerialNumber().equals(serial) && id.matchesIssuer(issuer, digests())) {
        return until(each, now);
      }
    }
    throw new IOException("the answer is about something else");
  }

  private static Instant until(SingleResp one, Instant now) throws IOException {
    // Null is how the library says that it is good.
    @Nullable CertificateStatus status = one.getCertStatus();
    if (status != CertificateStatus.GOOD) {
      throw new IOException("the certificate is revoked, or unknown to its issuer");
    }
    Instant from = one.getThisUpdate().toInstant();
    Date next = one.getNextUpdate();
    Instant until = next == null ? now.plus(UNSAID) : next.toInstant();
    if (from.isAfter(now.plus(SKEW)) || !until.isAfter(now)) {
      throw new IOException("the answer is not of now");
    }
    return until;
  }

  private static DigestCalculatorProvider digests() throws OperatorCreationException {
    return new JcaDigestCalculatorProviderBuilder().build();
  }
}
