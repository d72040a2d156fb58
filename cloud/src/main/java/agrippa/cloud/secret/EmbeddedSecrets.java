package agrippa.cloud.secret;

import agrippa.cloud.Documents;
import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.control.spi.Secrets;
import agrippa.web.Site;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A secret service of the program's own. Payloads are encrypted at rest, with a key beside the
/// database.
///
/// The load balancers read any secret by its reference: whether a user may put it into one was
/// decided when the user did. They do so even when it has expired, as nobody wants a listener to
/// stop then: a certificate says itself how long it is good.
public final class EmbeddedSecrets implements Secrets {
  /// Where the service is, below the public URL.
  public static final String PREFIX = "/key-manager";

  private final SecretStore store;
  private final BarbicanApi api;
  private final InstantSource clock;
  private final KeyMaterial material = new KeyMaterial();

  /// @param keyFile made at the first start; without it all secrets are lost
  /// @param publicUrl of the program, without trailing slash; asked each time
  public EmbeddedSecrets(
      Documents documents,
      Path keyFile,
      Identity identity,
      InstantSource clock,
      SecureRandom random,
      Supplier<UUID> ids,
      Supplier<String> publicUrl) {
    this.store = new SecretStore(documents, keyFile, random);
    this.clock = clock;
    this.api = new BarbicanApi(store, identity, clock, ids, publicUrl);
  }

  /// The face: Barbican v1.
  public Site site() {
    return api.site(PREFIX);
  }

  @Override
  public Lookup<KeyPair> keyPair(@Nullable Caller caller, String reference) {
    Optional<Reference> parsed = Reference.of(reference);
    if (parsed.isEmpty()) {
      return new Lookup.Missing<>();
    }
    return switch (parsed.get().kind()) {
      case SECRET -> read(caller, reference, material::keyPair);
      case CONTAINER -> fromContainer(caller, parsed.get().id());
    };
  }

  private Lookup<KeyPair> fromContainer(@Nullable Caller caller, String id) {
    Optional<Container> container =
        store
            .container(id)
            .filter(it -> it.type().equals("certificate"))
            .filter(it -> caller == null || it.owned().readableBy(caller));
    if (container.isEmpty()) {
      return new Lookup.Missing<>();
    }
    Function<String, Optional<byte[]>> part =
        name ->
            Optional.ofNullable(container.get().secrets().get(name))
                .flatMap(store::secret)
                .filter(it -> readable(it, caller))
                .map(store::payload);
    Optional<byte[]> certificate = part.apply("certificate");
    Optional<byte[]> key = part.apply("private_key");
    if (certificate.isEmpty() || key.isEmpty()) {
      return new Lookup.Missing<>();
    }
    return parsed(
        () ->
            material.keyPair(
                certificate.get(),
                key.get(),
                part.apply("private_key_passphrase"),
                part.apply("intermediates")));
  }

  @Override
  public Lookup<List<X509Certificate>> authorities(@Nullable Caller caller, String reference) {
    return read(caller, reference, KeyMaterial::certificates);
  }

  @Override
  public Lookup<List<X509CRL>> revocations(@Nullable Caller caller, String reference) {
    return read(caller, reference, KeyMaterial::revocations);
  }

  /// @param caller null for the load balancers themselves
  private boolean readable(Secret secret, @Nullable Caller caller) {
    return caller == null
        || (secret.owned().readableBy(caller) && !secret.expired(clock.instant()));
  }

  private <T> Lookup<T> read(
      @Nullable Caller caller, String reference, KeyMaterial.Parser<T> parser) {
    Optional<byte[]> payload =
        Reference.of(reference)
            .filter(it -> it.kind() == Reference.Kind.SECRET)
            .flatMap(it -> store.secret(it.id()))
            .filter(it -> readable(it, caller))
            .filter(Secret::hasPayload)
            .map(store::payload);
    return payload.isEmpty() ? new Lookup.Missing<>() : parsed(() -> parser.parse(payload.get()));
  }

  private static <T> Lookup<T> parsed(KeyMaterial.Source<T> source) {
    try {
      return new Lookup.Found<>(source.read());
    } catch (UnreadableException e) {
      return new Lookup.Unreadable<>(e.bundle(), String.valueOf(e.getMessage()));
    }
  }
}
