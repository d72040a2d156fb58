package agrippa.control;

import agrippa.control.catalog.Shelves;
import agrippa.control.ledger.Counters;
import agrippa.control.ledger.Ledger;
import agrippa.control.reconcile.Reconciler;
import agrippa.control.reconcile.Settlement;
import agrippa.control.reconcile.Tasks;
import agrippa.control.reconcile.VirtualTasks;
import agrippa.control.rules.Plan;
import agrippa.control.rules.Rules;
import agrippa.control.rules.Terms;
import agrippa.control.spi.Networks;
import agrippa.control.spi.Networks.VipClaim;
import agrippa.control.spi.Objection;
import agrippa.control.spi.Provider;
import agrippa.control.spi.Secrets;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.control.spi.StateStore;
import agrippa.control.spi.Value;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.ProvisioningStatus;
import agrippa.model.Vip;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Decides about every change to load balancers, stores what it accepts, and has the world made
/// to match. Safe for use by many threads.
///
/// A change takes this road: rules → claim of a VIP, if it is a new load balancer's → the
/// provider's veto → commit of the next generation → wake-up of the reconciler.
public final class ControlPlane implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ControlPlane.class.getName());

  private final Provider provider;
  private final Networks networks;
  private final Secrets secrets;
  private final Predicate<String> regexIsValid;
  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final ControlSettings settings;
  private final Ledger ledger;
  private final Shelves catalog;
  private final Reconciler reconciler;
  // Those that may hold a VIP without having a tree.
  private final Set<LoadBalancerId> beingCreated = ConcurrentHashMap.newKeySet();

  /// Loads what is stored; nothing moves before [#start].
  ///
  /// @param regexIsValid whether the data plane can use a regular expression
  /// @param json reads it, if a text is JSON
  /// @param ids where the ids of new things come from
  public ControlPlane(
      StateStore store,
      Provider provider,
      Networks networks,
      Secrets secrets,
      Predicate<String> regexIsValid,
      Function<String, Optional<Value>> json,
      InstantSource clock,
      Supplier<UUID> ids,
      ControlSettings settings) {
    this(
        store,
        provider,
        networks,
        secrets,
        regexIsValid,
        json,
        clock,
        ids,
        settings,
        new VirtualTasks("reconciler"));
  }

  ControlPlane(
      StateStore store,
      Provider provider,
      Networks networks,
      Secrets secrets,
      Predicate<String> regexIsValid,
      Function<String, Optional<Value>> json,
      InstantSource clock,
      Supplier<UUID> ids,
      ControlSettings settings,
      Tasks tasks) {
    this.provider = provider;
    this.networks = networks;
    this.secrets = secrets;
    this.regexIsValid = regexIsValid;
    this.clock = clock;
    this.ids = ids;
    this.settings = settings;
    var counters = new Counters(provider, store.statistics());
    this.ledger = new Ledger(store, counters, settings.quotas());
    this.catalog =
        new Shelves(store.catalog(), provider, settings.providers(), ledger::all, json, ids);
    this.reconciler =
        new Reconciler(
            ledger,
            counters,
            store,
            provider,
            catalog::settings,
            networks,
            beingCreated::contains,
            clock,
            settings.pace(),
            tasks);
  }

  /// Restores the data plane of everything stored and finishes what is PENDING, in the background;
  /// keeps the world matching from then on.
  public void start() {
    reconciler.start();
  }

  /// Decides about a change. A change that meets a load balancer at work waits for it for as long
  /// as `writeHold` says; an accepted one is stored before this returns and takes effect soon
  /// after.
  ///
  /// @throws ServiceUnavailableException if a service that must be asked does not answer; nothing
  ///     changed
  public Verdict submit(Caller caller, Change change) {
    var world = new CallersWorld(networks, secrets, caller);
    return switch (change) {
      case Change.CreateLoadBalancer creation -> create(creation, terms(caller, world));
      case Change.ToTree toTree -> changeTree(caller, toTree, world);
    };
  }

  private Terms terms(Caller caller, CallersWorld world) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return new Terms(caller, world, catalog, ledger::left, settings, regexIsValid, ids, now);
  }

  private Verdict create(Change.CreateLoadBalancer change, Terms terms) {
    return switch (Rules.plan(change, terms)) {
      case Plan.Refuse(var why) -> new Verdict.Refused(why);
      case Plan.Claim claim -> {
        beingCreated.add(claim.id());
        try {
          yield claim(claim);
        } finally {
          beingCreated.remove(claim.id());
        }
      }
    };
  }

  private Verdict claim(Plan.Claim plan) {
    return switch (networks.claimVip(plan.id(), plan.project(), plan.wish())) {
      case VipClaim.Claimed claimed -> commit(plan.tree().apply(claimed));
      case VipClaim.AddressInUse(var detail) -> new Verdict.Refused(new Refusal.VipInUse(detail));
      case VipClaim.Failed(var detail) ->
          new Verdict.Refused(new Refusal.ProviderFailed(plan.provider(), detail));
    };
  }

  private Verdict commit(LoadBalancerTree unborn) {
    var tree = unborn.nextGeneration();
    boolean committed = false;
    try {
      var refusal = veto(tree, null).or(() -> catalog.unchanged(() -> add(tree)));
      if (refusal.isPresent()) {
        return new Verdict.Refused(refusal.get());
      }
      committed = true;
    } finally {
      if (!committed) {
        release(tree.id(), tree.loadBalancer().vip());
      }
    }
    reconciler.wake(tree.id());
    return new Verdict.Accepted(tree, tree.id().value());
  }

  /// Adds a tree unless its flavor or availability zone has just been withdrawn.
  private Optional<Refusal> add(LoadBalancerTree tree) {
    return Rules.objection(tree.loadBalancer().placement(), catalog)
        .or(
            () ->
                switch (ledger.add(tree)) {
                  case Ledger.Acceptance.Done() -> Optional.empty();
                  case Ledger.Acceptance.Full(var kind) -> Optional.of(new Refusal.QuotaMet(kind));
                  case Ledger.Acceptance.Stale() ->
                      throw new IllegalStateException(
                          "there already was a load balancer " + tree.id());
                });
  }

  /// Nothing can be said against going away.
  private Optional<Refusal> veto(LoadBalancerTree tree, @Nullable LoadBalancerTree before) {
    var status = tree.loadBalancer().lifecycle().provisioning();
    return status == ProvisioningStatus.PENDING_DELETE
        ? Optional.empty()
        : provider
            .vet(Settlement.desired(tree), before)
            .map(it -> refusal(it, tree.loadBalancer().provider()));
  }

  private static Refusal refusal(Objection objection, String provider) {
    return switch (objection) {
      case Objection.Unsupported(var reason) -> new Refusal.UnsupportedOption(provider, reason);
      case Objection.Invalid(var reason) -> new Refusal.Invalid(reason);
    };
  }

  private void release(LoadBalancerId id, Vip vip) {
    try {
      networks.releaseVip(id, vip);
    } catch (ServiceUnavailableException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the VIP of load balancer " + id + ", which came to nothing, is given back later",
          e);
    }
  }

  private Verdict changeTree(Caller caller, Change.ToTree change, CallersWorld world) {
    long patience = settings.pace().writeHold().toNanos();
    while (true) {
      var decision = Rules.decide(change, ledger, terms(caller, world));
      switch (decision.verdict()) {
        case Verdict.Refused(var why) -> {
          var busy = decision.seen().filter(tree -> passing(why, tree));
          if (patience <= 0 || busy.isEmpty()) {
            return decision.verdict();
          }
          patience = ledger.await(busy.get(), patience);
        }
        case Verdict.Accepted accepted -> {
          var verdict = commit(decision.seen().orElseThrow(), accepted);
          if (verdict.isPresent()) {
            return verdict.get();
          }
        }
      }
    }
  }

  /// @return nothing if the tree that was decided about is no longer the current one
  private Optional<Verdict> commit(LoadBalancerTree seen, Verdict.Accepted wanted) {
    if (wanted.tree() == seen) {
      return Optional.of(wanted);
    }
    var veto = veto(wanted.tree(), seen);
    if (veto.isPresent()) {
      return veto.map(Verdict.Refused::new);
    }
    var next = wanted.tree().nextGeneration();
    return switch (ledger.accept(seen, next)) {
      case Ledger.Acceptance.Done() -> {
        reconciler.wake(next.id());
        yield Optional.of(new Verdict.Accepted(next, wanted.subject()));
      }
      case Ledger.Acceptance.Full(var kind) ->
          Optional.of(new Verdict.Refused(new Refusal.QuotaMet(kind)));
      case Ledger.Acceptance.Stale() -> Optional.empty();
    };
  }

  /// Whether the load balancer is only at work, so that waiting may help.
  private static boolean passing(Refusal why, LoadBalancerTree tree) {
    boolean state = why instanceof Refusal.Immutable || why instanceof Refusal.InvalidState;
    return state && tree.loadBalancer().lifecycle().provisioning().pending();
  }

  /// Flavors, availability zones and their profiles.
  public CatalogEditor catalog() {
    return catalog;
  }

  /// What there is now.
  public Inventory inventory() {
    return ledger;
  }

  /// How much each project may have.
  public Quotas quotas() {
    return ledger.quotas();
  }

  /// Has the data plane of a load balancer told everything anew, in the background; no status
  /// changes.
  public void tellAgain(LoadBalancerId id) {
    reconciler.convergeAgain(id);
  }

  /// What is wrong with the background work, or nothing.
  public Optional<String> complaint() {
    return reconciler.complaint();
  }

  /// Stops the background work, waits for what is under way, and saves statistics. The data plane
  /// is left as it is.
  @Override
  public void close() {
    reconciler.close();
  }
}
