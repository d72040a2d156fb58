package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;

import agrippa.control.Attributes.OfPool;
import agrippa.control.Change.CreatePool;
import agrippa.control.Change.UpdatePool;
import agrippa.control.Kind;
import agrippa.control.Patch;
import agrippa.control.Refusal;
import agrippa.model.Countable;
import agrippa.model.HealthMonitor;
import agrippa.model.L7Action;
import agrippa.model.Labels;
import agrippa.model.Listener;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import agrippa.model.PoolTls;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Pools.
final class PoolRules {
  private final Terms terms;
  private final Certificates certificates;
  private final TlsParameters parameters;

  PoolRules(Terms terms) {
    this.terms = terms;
    this.certificates = new Certificates(terms.world());
    this.parameters = new TlsParameters(terms.settings().tls());
  }

  LoadBalancerTree create(LoadBalancerTree tree, CreatePool change, PoolId id) {
    var listener = listener(tree, change);
    // Octavia looks at the listener's protocol only if it found the load balancer by it.
    if (change.loadBalancer() == null) {
      listener.ifPresent(it -> Protocols.requireMatch(it.protocol(), change.protocol()));
    }
    listener.ifPresent(it -> Protocols.requireChildren(it.protocol()));
    PersistenceRules.require(change.protocol(), change.attributes().persistence());
    terms.requireRoom(tree, Countable.POOL, 1);
    if (listener.map(Listener::defaultPool).isPresent()) {
      throw new RefusedException(new Refusal.DuplicateDefaultPool());
    }
    Marks.requireMutable(tree);
    var pool = build(id, change.protocol(), change.attributes(), List.of(), null);
    var next = tree.withPools(Lists.plus(tree.pools(), pool));
    return listener
        .map(it -> Marks.along(next, it.id()).mapListener(it.id(), one -> one.withDefaultPool(id)))
        .orElseGet(() -> Marks.along(next));
  }

  private static Optional<Listener> listener(LoadBalancerTree tree, CreatePool change) {
    var id = change.listener();
    if (id == null) {
      return Optional.empty();
    }
    return Optional.of(
        tree.listener(id).orElseThrow(() -> RefusedException.notFound(Kind.LISTENER, id)));
  }

  /// A new pool, after all checks that depend on its own attributes.
  Pool build(
      PoolId id,
      PoolProtocol protocol,
      OfPool given,
      List<Member> members,
      @Nullable HealthMonitor monitor) {
    var tls = createTls(given);
    return new Pool(
        id,
        Naming.labels(given.common(), Labels.NONE),
        Naming.adminStateUp(given.common(), true),
        protocol,
        algorithm(given),
        PersistenceRules.create(given.persistence()),
        tls,
        members,
        monitor,
        Marks.created(terms.now()));
  }

  private static Pool.Algorithm algorithm(OfPool given) {
    var algorithm = given.algorithm().value();
    if (algorithm == null) {
      throw invalid("lb_algorithm must not be None");
    }
    return algorithm;
  }

  private PoolTls createTls(OfPool given) {
    var authorities = given.caTlsContainer().value();
    var revocations = given.crlContainer().value();
    if (revocations != null && authorities == null) {
      throw invalid("A CA certificate reference is required to specify a revocation list.");
    }
    requireReferences(given, authorities, revocations);
    boolean enabled = given.tlsEnabled().over(false, false);
    // Ciphers are checked even where they are not used, as Octavia does.
    parameters.require(
        given.tlsCiphers(),
        enabled ? given.tlsVersions() : Patch.keep(),
        enabled ? given.alpnProtocols() : Patch.keep());
    var settings = terms.settings().tls();
    var ciphers = given.tlsCiphers().value();
    var versions = given.tlsVersions().value();
    var alpn = given.alpnProtocols().value();
    return new PoolTls(
        enabled,
        given.tlsContainer().value(),
        authorities,
        revocations,
        ciphers == null && enabled ? settings.ciphers() : ciphers,
        versions == null && enabled ? settings.versions() : versions,
        alpn == null && enabled ? settings.alpn() : alpn);
  }

  private void requireReferences(
      OfPool given, @Nullable String authorities, @Nullable String revocations) {
    var keyPair = given.tlsContainer().value();
    if (keyPair != null) {
      certificates.requireKeyPairs(List.of(keyPair));
    }
    boolean touched =
        given.caTlsContainer().value() != null || given.crlContainer().value() != null;
    if (authorities != null && touched) {
      certificates.requireAuthorities(authorities, revocations);
    }
  }

  LoadBalancerTree update(LoadBalancerTree tree, Pool old, UpdatePool change) {
    var given = change.attributes();
    PersistenceRules.require(old, given.persistence());
    if (given.algorithm() instanceof Patch.Reset) {
      throw invalid("lb_algorithm must not be None");
    }
    var tls = updateTls(old.tls(), given);
    Marks.requireMutable(tree);
    var next =
        new Pool(
            old.id(),
            Naming.labels(given.common(), old.labels()),
            Naming.adminStateUp(given.common(), old.adminStateUp()),
            old.protocol(),
            given.algorithm().over(old.algorithm(), old.algorithm()),
            PersistenceRules.update(old.persistence(), given.persistence()),
            tls,
            old.members(),
            old.monitor(),
            Marks.updated(old.lifecycle(), terms.now()));
    return Marks.alongUsers(tree, old.id()).mapPool(old.id(), it -> next);
  }

  private PoolTls updateTls(PoolTls old, OfPool given) {
    var authorities = given.caTlsContainer().orNull(old.ca());
    var revocations = given.crlContainer().orNull(old.crl());
    if (revocations != null && authorities == null) {
      throw invalid(
          given.crlContainer().value() == null
              ? "A CA reference cannot be removed when a certificate revocation list is present."
              : "A CA reference is required to specify a certificate revocation list.");
    }
    requireReferences(given, authorities, revocations);
    parameters.require(given.tlsCiphers(), given.tlsVersions(), given.alpnProtocols());
    var settings = terms.settings().tls();
    return new PoolTls(
        given.tlsEnabled().over(old.enabled(), false),
        given.tlsContainer().orNull(old.container()),
        authorities,
        revocations,
        ListenerTlsRules.withDefault(given.tlsCiphers(), old.ciphers(), settings.ciphers()),
        ListenerTlsRules.withDefault(given.tlsVersions(), old.versions(), settings.versions()),
        given.alpnProtocols().orNull(old.alpn()));
  }

  LoadBalancerTree delete(LoadBalancerTree tree, Pool pool) {
    tree.policies()
        .filter(it -> Marks.stays(it.lifecycle()))
        .filter(
            it -> it.action() instanceof L7Action.ToPool(var target) && target.equals(pool.id()))
        .findFirst()
        .ifPresent(
            it -> {
              throw new RefusedException(
                  new Refusal.PoolInUse(pool.id().toString(), it.id().toString()));
            });
    Marks.requireMutable(tree);
    return Marks.alongUsers(tree, pool.id())
        .mapPool(pool.id(), it -> it.with(Marks.deleted(it.lifecycle())));
  }
}
