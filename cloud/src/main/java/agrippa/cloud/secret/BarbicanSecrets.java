package agrippa.cloud.secret;

import static java.lang.System.Logger.Level.WARNING;

import agrippa.cloud.Documents;
import agrippa.cloud.openstack.Recent;
import agrippa.cloud.openstack.ServiceClient;
import agrippa.control.Caller;
import agrippa.control.spi.Secrets;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.LoadBalancerId;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A real Barbican.
///
/// Who puts a secret into a load balancer must be able to read it; the service user is then entered
/// in its access list with that caller's token, and reads it from then on, as in Octavia. Of a
/// reference only the id counts: the host in it is the tenant's word, and is never asked.
///
/// What was read is kept in memory. It is read again after a while, so that a secret that is taken
/// back is noticed; while Barbican is away, what is there goes on being used.
public final class BarbicanSecrets implements Secrets {
  private static final System.Logger LOG = System.getLogger(BarbicanSecrets.class.getName());
  private static final int MOST_KEPT = 10_000;

  private final BarbicanReader reader;
  private final Grants grants;
  private final Consumers consumers;
  private final InstantSource clock;
  private final Duration freshness;
  private final KeyMaterial material = new KeyMaterial();
  private final Recent<Kept<KeyPair>> keyPairs = new Recent<>(MOST_KEPT);
  private final Recent<Kept<List<X509Certificate>>> authorities = new Recent<>(MOST_KEPT);
  private final Recent<Kept<List<X509CRL>>> revocations = new Recent<>(MOST_KEPT);

  /// @param documents where is kept which load balancers are registered as consumers
  /// @param freshness how long what was read is used without asking again
  public BarbicanSecrets(
      ServiceClient barbican, Documents documents, InstantSource clock, Duration freshness) {
    this.reader = new BarbicanReader(barbican);
    this.grants = new Grants(barbican);
    this.consumers = new Consumers(barbican, documents);
    this.clock = clock;
    this.freshness = freshness;
  }

  /// @param since when it was read
  private record Kept<T>(T value, Instant since) {}

  @Override
  public Lookup<KeyPair> keyPair(@Nullable Caller caller, String reference) {
    Optional<Reference> parsed = Reference.of(reference);
    return parsed.isEmpty()
        ? new Lookup.Missing<>()
        : look(keyPairs, caller, parsed.get(), () -> keyPair(parsed.get()));
  }

  private Lookup<KeyPair> keyPair(Reference reference) {
    return switch (reference.kind()) {
      case SECRET -> parsed(reader.payload(reference), material::keyPair);
      case CONTAINER -> fromContainer(reader.parts(reference));
    };
  }

  private Lookup<KeyPair> fromContainer(Map<String, Reference> parts) {
    Optional<byte[]> certificate = part(parts, "certificate");
    Optional<byte[]> key = part(parts, "private_key");
    if (certificate.isEmpty() || key.isEmpty()) {
      return new Lookup.Missing<>();
    }
    Optional<byte[]> passphrase = part(parts, "private_key_passphrase");
    Optional<byte[]> intermediates = part(parts, "intermediates");
    return parsed(key, it -> material.keyPair(certificate.get(), it, passphrase, intermediates));
  }

  private Optional<byte[]> part(Map<String, Reference> parts, String name) {
    return Optional.ofNullable(parts.get(name)).flatMap(reader::payload);
  }

  @Override
  public Lookup<List<X509Certificate>> authorities(@Nullable Caller caller, String reference) {
    return list(authorities, caller, reference, KeyMaterial::certificates);
  }

  @Override
  public Lookup<List<X509CRL>> revocations(@Nullable Caller caller, String reference) {
    return list(revocations, caller, reference, KeyMaterial::revocations);
  }

  private <T> Lookup<List<T>> list(
      Recent<Kept<List<T>>> kept,
      @Nullable Caller caller,
      String reference,
      KeyMaterial.Parser<List<T>> parser) {
    Optional<Reference> secret =
        Reference.of(reference).filter(it -> it.kind() == Reference.Kind.SECRET);
    return secret.isEmpty()
        ? new Lookup.Missing<>()
        : look(kept, caller, secret.get(), () -> parsed(reader.payload(secret.get()), parser));
  }

  /// Who may read it is decided when a caller uses it. Later it counts what the service user gets.
  private <T> Lookup<T> look(
      Recent<Kept<T>> kept,
      @Nullable Caller caller,
      Reference reference,
      Supplier<Lookup<T>> read) {
    if (caller != null) {
      return grants.grant(caller, reference)
          ? remembered(kept, reference, read.get())
          : new Lookup.Missing<>();
    }
    Optional<Kept<T>> known = kept.get(reference.key());
    Instant now = clock.instant();
    if (known.isPresent() && now.isBefore(known.get().since().plus(freshness))) {
      return new Lookup.Found<>(known.get().value());
    }
    try {
      return remembered(kept, reference, read.get());
    } catch (ServiceUnavailableException e) {
      if (known.isEmpty()) {
        throw e;
      }
      LOG.log(WARNING, "{0} stays as it was: {1}", reference.key(), String.valueOf(e.getMessage()));
      return new Lookup.Found<>(known.get().value());
    }
  }

  private <T> Lookup<T> remembered(Recent<Kept<T>> kept, Reference reference, Lookup<T> lookup) {
    switch (lookup) {
      case Lookup.Found<T>(T value) ->
          kept.put(reference.key(), new Kept<>(value, clock.instant()));
      case Lookup.Missing<T>() -> kept.remove(reference.key());
      case Lookup.Unreadable<T> _ -> kept.remove(reference.key());
    }
    return lookup;
  }

  private static <T> Lookup<T> parsed(Optional<byte[]> payload, KeyMaterial.Parser<T> parser) {
    if (payload.isEmpty()) {
      return new Lookup.Missing<>();
    }
    try {
      return new Lookup.Found<>(parser.parse(payload.get()));
    } catch (UnreadableException e) {
      return new Lookup.Unreadable<>(e.bundle(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void use(LoadBalancerId id, Set<String> references) {
    consumers.use(id, references);
  }
}
