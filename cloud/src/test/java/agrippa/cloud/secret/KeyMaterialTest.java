package agrippa.cloud.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import agrippa.control.spi.Secrets.KeyPair;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.pkcs.PKCS12PfxPduBuilder;
import org.bouncycastle.pkcs.PKCS12SafeBag;
import org.bouncycastle.pkcs.jcajce.JcaPKCS12SafeBagBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyMaterialTest {
  private static final String[] NO_PASSPHRASE = {"-passout", "pass:"};

  private static Authority root;
  private static Authority intermediate;
  private static Authority leaf;

  private final KeyMaterial material = new KeyMaterial();
  @TempDir private Path folder;

  @BeforeAll
  static void sign() throws Exception {
    root = Authority.root("root", "RSA 2048");
    intermediate = root.sign("intermediate", "EC 256");
    leaf = intermediate.sign("www.example.org", "RSA 2048");
  }

  private static List<X509Certificate> chain() {
    return List.of(leaf.certificate(), intermediate.certificate(), root.certificate());
  }

  private static void assertWhole(KeyPair pair) {
    assertThat(pair.chain()).isEqualTo(chain());
    assertThat(pair.key()).isEqualTo(leaf.key());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-legacy",
        "-legacy -descert",
        "-nomac",
        "-legacy -nomac",
        "-keypbe NONE -certpbe NONE",
        "-keypbe NONE -certpbe NONE -nomac",
        "-keypbe PBE-SHA1-3DES -certpbe AES-256-CBC -macalg sha1",
        "-iter 600000",
      })
  void opensWhatOpensslMakes(String options) throws Exception {
    assumeThat(OpenSsl.isInstalled()).isTrue();
    String[] all = (String.join(" ", NO_PASSPHRASE) + " " + options).trim().split(" ");
    assertWhole(
        material.keyPair(new OpenSsl(folder).bundle(leaf, List.of(root, intermediate), all)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PKCS12", "PKCS12-DEF", "PKCS12-3DES-3DES"})
  void opensWhatBouncyCastleMakes(String type) throws Exception {
    KeyStore store = KeyStore.getInstance(type, new BouncyCastleProvider());
    store.load(null, null);
    store.setKeyEntry("one", leaf.key(), new char[0], chain().toArray(Certificate[]::new));
    assertWhole(material.keyPair(stored(store, new char[0])));
  }

  private static byte[] stored(KeyStore store, char[] passphrase) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    store.store(bytes, passphrase);
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA 2048", "EC 256", "EC 384", "EC 521", "Ed25519 255", "Ed448 448"})
  void readsEveryKindOfKey(String keys) throws Exception {
    Authority one = root.sign("kind", keys);
    for (byte[] payload : List.of(plainBundle(one), Texts.pem(one.certificate(), one.key()))) {
      KeyPair pair = material.keyPair(payload);
      assertThat(pair.key().getEncoded()).isEqualTo(one.key().getEncoded());
      assertThat(pair.chain()).containsExactly(one.certificate());
    }
  }

  /// Without any encryption.
  private static byte[] plainBundle(Authority one) throws Exception {
    return new PKCS12PfxPduBuilder()
        .addData(new JcaPKCS12SafeBagBuilder(one.key()).build())
        .addData(new JcaPKCS12SafeBagBuilder(one.certificate()).build())
        .build(null, null)
        .getEncoded();
  }

  @Test
  void takesTheKeyThatFits() throws Exception {
    byte[] payload =
        new PKCS12PfxPduBuilder()
            .addData(new JcaPKCS12SafeBagBuilder(root.sign("other", "EC 256").key()).build())
            .addData(new JcaPKCS12SafeBagBuilder(leaf.key()).build())
            .addData(new JcaPKCS12SafeBagBuilder(leaf.certificate()).build())
            .build(null, null)
            .getEncoded();
    assertThat(material.keyPair(payload).key()).isEqualTo(leaf.key());
  }

  @Test
  void readsPemInAnyOrder() throws Exception {
    byte[] payload =
        Texts.pem(root.certificate(), leaf.key(), intermediate.certificate(), leaf.certificate());
    assertWhole(material.keyPair(payload));
    String text = new String(payload, StandardCharsets.US_ASCII).replace("\n", "\r\n");
    assertWhole(
        material.keyPair(("Bag Attributes\r\n" + text).getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void leavesOutStrangersAndRepetitions() throws Exception {
    X509Certificate stranger = Authority.root("stranger", "EC 256").certificate();
    byte[] payload =
        Texts.pem(leaf.key(), stranger, leaf.certificate(), leaf.certificate(), stranger);
    assertThat(material.keyPair(payload).chain()).containsExactly(leaf.certificate());
  }

  @Test
  void prefersTheIssuerThatSigned() throws Exception {
    Authority namesake = root.sign("intermediate", "EC 256");
    byte[] payload =
        Texts.pem(
            leaf.key(),
            leaf.certificate(),
            namesake.certificate(),
            intermediate.certificate(),
            root.certificate());
    assertThat(material.keyPair(payload).chain()).isEqualTo(chain());
  }

  @Test
  void readsCertificateContainers() throws Exception {
    byte[] certificate = Texts.pem(leaf.certificate());
    Optional<byte[]> intermediates =
        Optional.of(Texts.pem(root.certificate(), intermediate.certificate()));
    assertWhole(
        material.keyPair(certificate, Texts.pem(leaf.key()), Optional.empty(), intermediates));
    assertWhole(
        material.keyPair(
            leaf.certificate().getEncoded(),
            leaf.key().getEncoded(),
            Optional.empty(),
            Optional.of(pkcs7())));
  }

  private byte[] pkcs7() throws Exception {
    return CertificateFactory.getInstance("X.509")
        .generateCertPath(List.of(intermediate.certificate(), root.certificate()))
        .getEncoded("PKCS7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa -traditional", "ec -param_enc named_curve"})
  void readsKeysInTheirOldForms(String command) throws Exception {
    assumeThat(OpenSsl.isInstalled()).isTrue();
    Authority one = root.sign("old", command.startsWith("rsa") ? "RSA 2048" : "EC 256");
    Files.write(folder.resolve("new.pem"), Texts.pem(one.key()));
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.addAll(List.of("-in", "new.pem", "-out", "old.pem"));
    new OpenSsl(folder).run(arguments);
    byte[] old = Files.readAllBytes(folder.resolve("old.pem"));
    assertThat(new String(old, StandardCharsets.US_ASCII))
        .contains(command.startsWith("rsa") ? "BEGIN RSA PRIVATE KEY" : "BEGIN EC PRIVATE KEY");
    KeyPair pair =
        material.keyPair(Texts.pem(one.certificate()), old, Optional.empty(), Optional.empty());
    assertThat(pair.chain()).containsExactly(one.certificate());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PBES2", "PBE", "traditional"})
  void readsEncryptedKeys(String form) throws Exception {
    byte[] key = encryptedKey(form);
    Optional<byte[]> intermediates =
        Optional.of(Texts.pem(root.certificate(), intermediate.certificate()));
    byte[] certificate = Texts.pem(leaf.certificate());
    assertWhole(
        material.keyPair(
            certificate,
            key,
            Optional.of("söcret".getBytes(StandardCharsets.UTF_8)),
            intermediates));
    for (Optional<byte[]> wrong :
        List.of(Optional.<byte[]>empty(), Optional.of(new byte[] {'x'}))) {
      assertThatThrownBy(() -> material.keyPair(certificate, key, wrong, intermediates))
          .isInstanceOf(UnreadableException.class)
          .hasMessageContaining("passphrase");
    }
  }

  private byte[] encryptedKey(String form) throws Exception {
    if (form.equals("traditional")) {
      assumeThat(OpenSsl.isInstalled()).isTrue();
      Files.write(folder.resolve("plain.pem"), Texts.pem(leaf.key()));
      new OpenSsl(folder)
          .run(
              List.of(
                  "rsa",
                  "-traditional",
                  "-aes128",
                  "-passout",
                  "pass:söcret",
                  "-in",
                  "plain.pem",
                  "-out",
                  "encrypted.pem"));
      return Files.readAllBytes(folder.resolve("encrypted.pem"));
    }
    var algorithm =
        form.equals("PBES2") ? PKCS8Generator.AES_256_CBC : PKCS8Generator.PBE_SHA1_3DES;
    var encryptor =
        new JceOpenSSLPKCS8EncryptorBuilder(algorithm)
            .setProvider(new BouncyCastleProvider())
            .setPassword("söcret".toCharArray())
            .setRandom(new SecureRandom())
            .build();
    return Texts.pem(new JcaPKCS8Generator(leaf.key(), encryptor));
  }

  @Test
  void readsAuthoritiesAndRevocations() throws Exception {
    assertThat(KeyMaterial.certificates(Texts.pem(root.certificate(), intermediate.certificate())))
        .containsExactly(root.certificate(), intermediate.certificate());
    assertThat(KeyMaterial.certificates(root.certificate().getEncoded()))
        .containsExactly(root.certificate());
    var list = root.revoke(intermediate.certificate());
    assertThat(KeyMaterial.revocations(Texts.pem(list))).containsExactly(list);
    assertThat(KeyMaterial.revocations(list.getEncoded())).containsExactly(list);
    for (byte[] other : List.of(Texts.pem(leaf.key()), new byte[0], new byte[] {'x'})) {
      assertThatThrownBy(() -> KeyMaterial.certificates(other))
          .isInstanceOf(UnreadableException.class);
      assertThatThrownBy(() -> KeyMaterial.revocations(other))
          .isInstanceOf(UnreadableException.class);
    }
  }

  @Test
  void saysThatAPassphraseIsInTheWay() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "one", leaf.key(), "hidden".toCharArray(), chain().toArray(Certificate[]::new));
    UnreadableException refusal = refusal(stored(store, "hidden".toCharArray()));
    assertThat(refusal.bundle()).isTrue();
    assertThat(refusal).hasMessageContaining("needs a passphrase");
  }

  @Test
  void tellsBundlesFromPem() throws Exception {
    assertThat(refusal("garbage".getBytes(StandardCharsets.UTF_8)).bundle()).isTrue();
    assertThat(refusal(leaf.certificate().getEncoded()).bundle()).isTrue();
    assertThat(refusal(new byte[0]).bundle()).isTrue();
    assertThat(refusal(Texts.pem(leaf.certificate())).bundle()).isFalse();
    assertThat(refusal(Texts.pem(leaf.certificate(), root.key())).bundle()).isFalse();
    PKCS12SafeBag misleading =
        new JcaPKCS12SafeBagBuilder(leaf.certificate())
            .addBagAttribute(
                PKCS12SafeBag.friendlyNameAttribute,
                new DEROctetString("-----BEGIN CERTIFICATE-----".getBytes(StandardCharsets.UTF_8)))
            .build();
    byte[] bundle =
        new PKCS12PfxPduBuilder()
            .addData(misleading)
            .addData(new JcaPKCS12SafeBagBuilder(leaf.key()).build())
            .build(null, null)
            .getEncoded();
    assertThat(material.keyPair(bundle).chain()).containsExactly(leaf.certificate());
  }

  /// Whatever bytes come, reading ends soon, in a value or a refusal, and no refusal quotes them.
  @Test
  void survivesDamage() throws Exception {
    RandomGenerator random = new SplittableRandom(7);
    byte[] bundle = plainBundle(leaf);
    byte[] pem = Texts.pem(leaf.certificate(), leaf.key());
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = (i % 2 == 0 ? bundle : pem).clone();
      for (int each = 0; each <= i % 3; each++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(material.keyPair(damaged).chain()).isNotEmpty();
      } catch (UnreadableException e) {
        refused++;
        assertThat(e.getMessage()).matches("[A-Za-z0-9#, ]+");
      }
    }
    assertThat(refused).isPositive();
  }

  /// Each of the three parts is as slow as may be alone.
  @Test
  void refusesBundlesWhosePartsTakeTooLongTogether() throws Exception {
    assumeThat(OpenSsl.isInstalled()).isTrue();
    byte[] slow =
        new OpenSsl(folder)
            .bundle(leaf, List.of(intermediate), "-passout", "pass:", "-iter", "800000");
    assertThat(refusal(slow)).hasMessageContaining("takes too long");
  }

  @ParameterizedTest
  @CsvSource({"1, true", "5, false"})
  void opensScryptOfUsualSizeOnly(String times, boolean opens) throws Exception {
    assumeThat(OpenSsl.isInstalled()).isTrue();
    Files.write(folder.resolve("plain.pem"), Texts.pem(leaf.key()));
    new OpenSsl(folder)
        .run(
            List.of(
                "pkcs8",
                "-topk8",
                "-scrypt",
                "-scrypt_p",
                times,
                "-passout",
                "pass:x",
                "-in",
                "plain.pem",
                "-out",
                "encrypted.pem"));
    byte[] key = Files.readAllBytes(folder.resolve("encrypted.pem"));
    byte[] certificate = Texts.pem(leaf.certificate());
    Optional<byte[]> passphrase = Optional.of(new byte[] {'x'});
    if (opens) {
      assertThat(material.keyPair(certificate, key, passphrase, Optional.empty()).key())
          .isEqualTo(leaf.key());
    } else {
      assertThatThrownBy(() -> material.keyPair(certificate, key, passphrase, Optional.empty()))
          .isInstanceOf(UnreadableException.class);
    }
  }

  @Test
  void refusesBundlesThatWouldKeepAProcessorBusy() throws Exception {
    var endless = pbes2(pbkdf2(Integer.MAX_VALUE));
    var wide = pbes2(new PBKDF2Params(new byte[8], 1_000_000, 1 << 30));
    var scrypt =
        pbes2(
            new KeyDerivationFunc(
                MiscObjectIdentifiers.id_scrypt, new ScryptParams(new byte[8], 1 << 30, 8, 1)));
    var old =
        new AlgorithmIdentifier(
            PKCSObjectIdentifiers.pbeWithSHAAnd40BitRC2_CBC,
            new DERSequence(
                new ASN1Encodable[] {
                  new DEROctetString(new byte[8]), new ASN1Integer(Integer.MAX_VALUE)
                }));
    for (AlgorithmIdentifier algorithm : List.of(endless, wide, scrypt, old)) {
      assertQuickly(() -> assertThat(refusal(bundle(algorithm)).bundle()).isTrue());
      byte[] key =
          Texts.pem(
              new PemObject(
                  "ENCRYPTED PRIVATE KEY",
                  new EncryptedPrivateKeyInfo(algorithm, new byte[64]).getEncoded()));
      assertQuickly(
          () ->
              assertThatThrownBy(
                      () ->
                          material.keyPair(
                              Texts.pem(leaf.certificate()),
                              key,
                              Optional.of(new byte[] {'x'}),
                              Optional.empty()))
                  .isInstanceOf(UnreadableException.class));
    }
  }

  private static void assertQuickly(Executable work) {
    assertTimeoutPreemptively(Duration.ofMinutes(1), work);
  }

  private static PBKDF2Params pbkdf2(int iterations) {
    return new PBKDF2Params(new byte[8], iterations);
  }

  private static AlgorithmIdentifier pbes2(PBKDF2Params parameters) {
    return pbes2(new KeyDerivationFunc(PKCSObjectIdentifiers.id_PBKDF2, parameters));
  }

  private static AlgorithmIdentifier pbes2(KeyDerivationFunc function) {
    return new AlgorithmIdentifier(
        PKCSObjectIdentifiers.id_PBES2,
        new PBES2Parameters(
            function,
            new EncryptionScheme(
                NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(new byte[16]))));
  }

  private static byte[] bundle(AlgorithmIdentifier algorithm) throws Exception {
    var key = new EncryptedPrivateKeyInfo(algorithm, new byte[64]);
    return new PKCS12PfxPduBuilder()
        .addData(new PKCS12SafeBag(new SafeBag(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag, key)))
        .build(null, null)
        .getEncoded();
  }

  @Test
  void refusesRsaKeysThatTakeTooLong() throws Exception {
    RSAPrivateCrtKey key = (RSAPrivateCrtKey) leaf.key();
    PrivateKey slow =
        KeyFactory.getInstance("RSA")
            .generatePrivate(
                new RSAPrivateCrtKeySpec(
                    key.getModulus(),
                    key.getPublicExponent(),
                    key.getPrivateExponent(),
                    key.getPrimeP().shiftLeft(20_000).setBit(0),
                    key.getPrimeQ(),
                    key.getPrimeExponentP(),
                    key.getPrimeExponentQ(),
                    key.getCrtCoefficient()));
    assertThat(refusal(Texts.pem(leaf.certificate(), slow))).hasMessageContaining("RSA");
  }

  private UnreadableException refusal(byte[] payload) {
    UnreadableException refusal =
        catchThrowableOfType(UnreadableException.class, () -> material.keyPair(payload));
    assertThat(refusal).isNotNull();
    return refusal;
  }
}
