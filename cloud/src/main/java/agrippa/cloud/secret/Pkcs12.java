package agrippa.cloud.secret;

import java.io.IOException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS12PfxPdu;
import org.bouncycastle.pkcs.PKCS12SafeBag;
import org.bouncycastle.pkcs.PKCS12SafeBagFactory;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCS12MacCalculatorBuilderProvider;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;

/// Opens PKCS#12 bundles (RFC 7292) without passphrase: with today's encryption, with the RC2 and
/// Triple DES of old, or with none; with an integrity check or without.
final class Pkcs12 {
  /// Tools do not agree on what an empty passphrase is: the two zero bytes that end every
  /// passphrase, or no bytes at all. A zero character stands for the former, since the rules for
  /// old encryptions repeat these to fill a block, and for any empty one of PBES2, since HMAC
  /// fills its key up with zeros.
  private static final List<String> EMPTY = List.of("\0", "");

  private final Provider provider;

  /// @param provider knows what the JDK no longer does
  Pkcs12(Provider provider) {
    this.provider = provider;
  }

  /// What a bundle holds, each in DER, in its order.
  record Content(List<byte[]> certificates, List<PrivateKeyInfo> keys) {}

  Content read(byte[] bytes) throws UnreadableException {
    Effort effort = new Effort();
    try {
      PKCS12PfxPdu bundle = new PKCS12PfxPdu(bytes);
      requireIntact(bundle, effort);
      List<byte[]> certificates = new ArrayList<>();
      List<PrivateKeyInfo> keys = new ArrayList<>();
      for (ContentInfo part : bundle.getContentInfos()) {
        for (PKCS12SafeBag bag : bags(part, effort)) {
          switch (bag.getBagValue()) {
            case X509CertificateHolder certificate -> certificates.add(certificate.getEncoded());
            case PrivateKeyInfo key -> keys.add(key);
            case PKCS8EncryptedPrivateKeyInfo key -> keys.add(decrypted(key, effort));
            default -> {
              // Revocation lists and other secrets are of no use here.
            }
          }
        }
      }
      return new Content(certificates, keys);
    } catch (OperatorCreationException e) {
      throw unreadable("its encryption is unknown or takes too long");
    } catch (IOException | PKCSException | RuntimeException e) {
      // What exactly is wrong with bytes that a client made up helps nobody.
      throw unreadable("it is broken, or no PKCS#12 bundle");
    }
  }

  private static UnreadableException unreadable(String message) {
    return new UnreadableException(true, message);
  }

  private void requireIntact(PKCS12PfxPdu bundle, Effort effort)
      throws UnreadableException, OperatorCreationException, PKCSException {
    if (!bundle.hasMac()) {
      return;
    }
    MacData mac = bundle.toASN1Structure().getMacData();
    effort.spend(mac.getIterationCount());
    effort.spend(Effort.cost(mac.getMac().getAlgorithmId()));
    var calculators = new JcePKCS12MacCalculatorBuilderProvider().setProvider(provider);
    for (String passphrase : EMPTY) {
      if (bundle.isMacValid(calculators, passphrase.toCharArray())) {
        return;
      }
    }
    throw unreadable("it is damaged, or needs a passphrase");
  }

  private PKCS12SafeBag[] bags(ContentInfo part, Effort effort)
      throws UnreadableException, PKCSException {
    if (!part.getContentType().equals(PKCSObjectIdentifiers.encryptedData)) {
      return new PKCS12SafeBagFactory(part).getSafeBags();
    }
    return opened(effort, decryptors -> new PKCS12SafeBagFactory(part, decryptors).getSafeBags());
  }

  private PrivateKeyInfo decrypted(PKCS8EncryptedPrivateKeyInfo key, Effort effort)
      throws UnreadableException {
    return opened(effort, key::decryptPrivateKeyInfo);
  }

  @FunctionalInterface
  private interface Opener<T> {
    T open(InputDecryptorProvider decryptors) throws PKCSException;
  }

  /// What opens with one of the empty passphrases.
  private <T> T opened(Effort effort, Opener<T> opener) throws UnreadableException {
    for (String passphrase : EMPTY) {
      InputDecryptorProvider decryptors =
          new JcePKCSPBEInputDecryptorProviderBuilder()
              .setProvider(provider)
              .build(passphrase.toCharArray());
      try {
        return opener.open(effort.limit(decryptors));
      } catch (PKCSException | RuntimeException e) {
        // The wrong passphrase makes noise of it, which fails to parse in any way.
        continue;
      }
    }
    throw unreadable("it needs a passphrase, or its encryption is unknown or takes too long");
  }
}
