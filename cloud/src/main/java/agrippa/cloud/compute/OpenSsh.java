package agrippa.cloud.compute;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/// Keys as OpenSSH writes them.
final class OpenSsh {
  private static final int LONGEST = 16_384;
  private static final int BITS = 2_048;

  /// The chance of a number that is no prime after all is 2 to the minus this.
  private static final int CERTAINTY = 112;

  private OpenSsh() {}

  /// @param publicLine with Nova's comment
  /// @param privateKey an `RSA PRIVATE KEY` (PKCS#1), which old clients can read, too
  record Generated(String publicLine, String privateKey) {}

  /// A new key, as Nova makes them.
  static Generated generate(SecureRandom random) {
    var generator = new RSAKeyPairGenerator();
    generator.init(
        new RSAKeyGenerationParameters(RSAKeyGenParameterSpec.F4, random, BITS, CERTAINTY));
    var pair = generator.generateKeyPair();
    try {
      PrivateKeyInfo secret = PrivateKeyInfoFactory.createPrivateKeyInfo(pair.getPrivate());
      StringWriter text = new StringWriter();
      try (PemWriter pem = new PemWriter(text)) {
        byte[] inner = secret.parsePrivateKey().toASN1Primitive().getEncoded();
        pem.writeObject(new PemObject("RSA PRIVATE KEY", inner));
      }
      byte[] blob = OpenSSHPublicKeyUtil.encodePublicKey(pair.getPublic());
      return new Generated(
          "ssh-rsa " + Base64.getEncoder().encodeToString(blob) + " Generated-by-Nova",
          text.toString().replace("\r\n", "\n"));
    } catch (IOException e) {
      throw new UncheckedIOException("a key cannot be written to memory", e);
    }
  }

  /// The fingerprint that Nova prints, if this is one line with a public key: MD5 with colons.
  static Optional<String> fingerprint(String line) {
    String[] parts = line.strip().split("\\s+", 3);
    boolean clean = line.length() <= LONGEST && line.strip().chars().noneMatch(it -> it < ' ');
    if (!clean || parts.length < 2) {
      return Optional.empty();
    }
    try {
      byte[] blob = Base64.getDecoder().decode(parts[1]);
      // What is in the blob must be what stands before it.
      if (!typeOf(blob).equals(parts[0])) {
        return Optional.empty();
      }
      OpenSSHPublicKeyUtil.parsePublicKey(blob);
      byte[] digest = MessageDigest.getInstance("MD5").digest(blob);
      return Optional.of(HexFormat.ofDelimiter(":").formatHex(digest));
    } catch (IllegalArgumentException | IllegalStateException e) {
      return Optional.empty();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }

  private static String typeOf(byte[] blob) {
    if (blob.length < 4 || blob[0] != 0 || blob[1] != 0 || blob[2] != 0) {
      return "";
    }
    int length = Byte.toUnsignedInt(blob[3]);
    return blob.length < 4 + length
        ? ""
        : new String(blob, 4, length, java.nio.charset.StandardCharsets.US_ASCII);
  }
}
