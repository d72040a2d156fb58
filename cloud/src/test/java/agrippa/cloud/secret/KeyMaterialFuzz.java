package agrippa.cloud.secret;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.spi.Secrets.KeyPair;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Any bytes as what a client stores: a bundle, PEM, a certificate, a key, revocation lists. They
/// are read or called unreadable; what was read is whole, and is read again from what it became.
public final class KeyMaterialFuzz {
  private static final KeyMaterial MATERIAL = new KeyMaterial();
  private static final Optional<byte[]> PASSPHRASE = Optional.of(new byte[] {'x'});

  private KeyMaterialFuzz() {}

  @FunctionalInterface
  private interface Reading<T> {
    T read() throws UnreadableException;
  }

  public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
    KeyPair pair = read(() -> MATERIAL.keyPair(bytes));
    if (pair != null) {
      whole(pair);
    }
    List<X509Certificate> certificates = read(() -> KeyMaterial.certificates(bytes));
    if (certificates != null) {
      assertThat(certificates).isNotEmpty();
      assertThat(KeyMaterial.certificates(certificates.getFirst().getEncoded()))
          .containsExactly(certificates.getFirst());
    }
    List<X509CRL> revocations = read(() -> KeyMaterial.revocations(bytes));
    if (revocations != null) {
      assertThat(KeyMaterial.revocations(revocations.getFirst().getEncoded()))
          .containsExactly(revocations.getFirst());
    }
    KeyPair parts = read(() -> MATERIAL.keyPair(bytes, bytes, PASSPHRASE, Optional.of(bytes)));
    if (parts != null) {
      whole(parts);
    }
  }

  private static void whole(KeyPair pair) throws Exception {
    assertThat(pair.chain()).isNotEmpty().doesNotHaveDuplicates();
    assertThat(Halves.match(pair.chain().getFirst().getPublicKey(), pair.key())).isTrue();
    byte[] certificate = pair.chain().getFirst().getEncoded();
    KeyPair again =
        MATERIAL.keyPair(certificate, pair.key().getEncoded(), Optional.empty(), Optional.empty());
    assertThat(again.chain()).containsExactly(pair.chain().getFirst());
    assertThat(again.key().getEncoded()).isEqualTo(pair.key().getEncoded());
  }

  private static <T> @Nullable T read(Reading<T> reading) {
    try {
      return reading.read();
    } catch (UnreadableException e) {
      assertThat(e).hasMessageMatching("[ -~]+");
      return null;
    }
  }
}
