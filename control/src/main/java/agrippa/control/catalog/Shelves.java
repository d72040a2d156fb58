package agrippa.control.catalog;

import agrippa.control.CatalogEditor;
import agrippa.control.ControlSettings;
import agrippa.control.Kind;
import agrippa.control.Patch;
import agrippa.control.Refusal;
import agrippa.control.spi.Capability;
import agrippa.control.spi.CatalogStore;
import agrippa.control.spi.ProfileSettings;
import agrippa.control.spi.Provider;
import agrippa.control.spi.Value;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Offer;
import agrippa.model.Placement;
import agrippa.model.Profile;
import agrippa.model.ProfileId;
import agrippa.model.Shelf;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The catalog. Operators change it rarely, one at a time; what they see is in the store.
public final class Shelves implements CatalogEditor {
  private final CatalogStore store;
  private final Provider provider;
  private final ControlSettings.Providers providers;
  private final Supplier<List<LoadBalancerTree>> trees;
  private final Function<String, Optional<Value>> json;
  private final Supplier<UUID> ids;
  private final Map<Shelf, Contents> shelves = new EnumMap<>(Shelf.class);
  // Held for writing by those who change the catalog, for reading by those who build upon it.
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /// What is on a shelf. Written by holders of the lock only.
  private record Contents(SortedMap<String, Profile> profiles, SortedMap<String, Offer> offers) {}

  /// Loads what is stored.
  ///
  /// @param trees all load balancers, which may have what is in the catalog
  /// @param json reads it, if a text is JSON
  public Shelves(
      CatalogStore store,
      Provider provider,
      ControlSettings.Providers providers,
      Supplier<List<LoadBalancerTree>> trees,
      Function<String, Optional<Value>> json,
      Supplier<UUID> ids) {
    this.store = store;
    this.provider = provider;
    this.providers = providers;
    this.trees = trees;
    this.json = json;
    this.ids = ids;
    for (var shelf : Shelf.values()) {
      var contents = new Contents(new ConcurrentSkipListMap<>(), new ConcurrentSkipListMap<>());
      store.profiles(shelf).forEach(it -> contents.profiles().put(it.id().toString(), it));
      store.offers(shelf).forEach(it -> contents.offers().put(it.key(), it));
      shelves.put(shelf, contents);
    }
  }

  private Contents on(Shelf shelf) {
    return Objects.requireNonNull(shelves.get(shelf));
  }

  /// Does something during which nothing changes here.
  public <T> T unchanged(Supplier<T> action) {
    return locked(lock.readLock(), action);
  }

  private static <T> T locked(Lock lock, Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Capability> capabilities(Shelf shelf) {
    return provider.capabilities(shelf);
  }

  @Override
  public List<Offer> offers(Shelf shelf) {
    return List.copyOf(on(shelf).offers().values());
  }

  @Override
  public Optional<Offer> offer(Shelf shelf, String key) {
    return Optional.ofNullable(on(shelf).offers().get(key));
  }

  @Override
  public List<Profile> profiles(Shelf shelf) {
    return List.copyOf(on(shelf).profiles().values());
  }

  @Override
  public Optional<Profile> profile(Shelf shelf, ProfileId id) {
    return Optional.ofNullable(on(shelf).profiles().get(id.toString()));
  }

  @Override
  public Profile profileOf(Shelf shelf, Offer offer) {
    return profile(shelf, offer.profile())
        .orElseThrow(() -> new IllegalStateException("the profile of " + offer + " is missing"));
  }

  @Override
  public Optional<String> unsupported(Shelf shelf, Profile profile) {
    return complaint(shelf, new Value.Mapping(entries(profile)));
  }

  private Optional<String> complaint(Shelf shelf, Value data) {
    return new CapabilityCheck(provider.capabilities(shelf)).complaint(data);
  }

  @Override
  public ProfileSettings settings(Placement placement) {
    return new ProfileSettings(
        settings(Shelf.FLAVORS, placement), settings(Shelf.AVAILABILITY_ZONES, placement));
  }

  private Map<String, Value> settings(Shelf shelf, Placement placement) {
    return placement
        .of(shelf)
        .flatMap(key -> offer(shelf, key))
        .map(it -> entries(profileOf(shelf, it)))
        .orElse(Map.of());
  }

  private Map<String, Value> entries(Profile profile) {
    if (json.apply(profile.data()).orElse(null) instanceof Value.Mapping(var entries)) {
      return entries;
    }
    throw new IllegalStateException("the data of profile " + profile.id() + " cannot be read");
  }

  @Override
  public Written<Profile> create(Shelf shelf, NewProfile wanted) {
    var data = wanted.data();
    if (data == null) {
      return new Written.Refused<>(new Refusal.InvalidOption("None", dataOption(shelf)));
    }
    var profile = new Profile(new ProfileId(ids.get()), wanted.name(), wanted.provider(), data);
    return locked(lock.writeLock(), () -> write(shelf, profile, refusal(shelf, profile)));
  }

  private Written<Profile> write(Shelf shelf, Profile profile, Optional<Refusal> refusal) {
    if (refusal.isPresent()) {
      return new Written.Refused<>(refusal.get());
    }
    store.save(shelf, profile);
    on(shelf).profiles().put(profile.id().toString(), profile);
    return new Written.Done<>(profile);
  }

  /// What speaks against a profile's provider and data.
  private Optional<Refusal> refusal(Shelf shelf, Profile profile) {
    var value = json.apply(profile.data());
    if (value.isEmpty()) {
      return Optional.of(new Refusal.InvalidOption(profile.data(), dataOption(shelf)));
    }
    if (!providers.descriptions().containsKey(profile.provider())) {
      return Optional.of(new Refusal.ProviderNotEnabled(profile.provider()));
    }
    return complaint(shelf, value.get())
        .map(why -> new Refusal.UnsupportedOption(profile.provider(), why));
  }

  private static String dataOption(Shelf shelf) {
    return switch (shelf) {
      case FLAVORS -> "flavor_data";
      case AVAILABILITY_ZONES -> "availability_zone_data";
    };
  }

  @Override
  public Written<Profile> update(Shelf shelf, ProfileId id, ProfileChange change) {
    var named = new LinkedHashMap<String, Patch<?>>();
    named.put("name", change.name());
    named.put("provider_name", change.provider());
    named.put(dataOption(shelf), change.data());
    return reset(named)
        .<Written<Profile>>map(Written.Refused::new)
        .orElseGet(() -> locked(lock.writeLock(), () -> changed(shelf, id, change)));
  }

  /// What may not be null.
  private static Optional<Refusal> reset(Map<String, Patch<?>> named) {
    return named.entrySet().stream()
        .filter(it -> it.getValue() instanceof Patch.Reset<?>)
        .findFirst()
        .map(it -> new Refusal.InvalidOption("None", it.getKey()));
  }

  private Written<Profile> changed(Shelf shelf, ProfileId id, ProfileChange change) {
    var old = on(shelf).profiles().get(id.toString());
    if (old == null) {
      return new Written.Refused<>(new Refusal.NotFound(profileKind(shelf), id.toString()));
    }
    boolean meaning = change.provider().given() || change.data().given();
    if (meaning && inUse(shelf, id)) {
      return new Written.Refused<>(new Refusal.InUse(profileKind(shelf), id.toString()));
    }
    var next =
        new Profile(
            id,
            change.name().over(old.name(), old.name()),
            change.provider().over(old.provider(), old.provider()),
            change.data().over(old.data(), old.data()));
    return write(shelf, next, meaning ? refusal(shelf, next) : Optional.empty());
  }

  private boolean inUse(Shelf shelf, ProfileId id) {
    return on(shelf).offers().values().stream().anyMatch(it -> it.profile().equals(id));
  }

  @Override
  public Optional<Refusal> remove(Shelf shelf, ProfileId id) {
    return locked(
        lock.writeLock(),
        () -> {
          if (profile(shelf, id).isEmpty()) {
            return Optional.of(new Refusal.NotFound(profileKind(shelf), id.toString()));
          }
          if (inUse(shelf, id)) {
            return Optional.of(new Refusal.InUse(profileKind(shelf), id.toString()));
          }
          store.remove(shelf, id);
          on(shelf).profiles().remove(id.toString());
          return Optional.empty();
        });
  }

  @Override
  public Written<Offer> create(Shelf shelf, NewOffer wanted) {
    var key =
        switch (shelf) {
          case FLAVORS -> ids.get().toString();
          case AVAILABILITY_ZONES -> wanted.name();
        };
    boolean enabled = wanted.enabled().over(true, true);
    var offer = new Offer(key, wanted.name(), wanted.description(), enabled, wanted.profile());
    return reset(Map.of("enabled", wanted.enabled()))
        .<Written<Offer>>map(Written.Refused::new)
        .orElseGet(() -> locked(lock.writeLock(), () -> write(shelf, offer, anyone -> true)));
  }

  /// @param rivals those whose name it must not have
  private Written<Offer> write(Shelf shelf, Offer offer, Predicate<Offer> rivals) {
    var offers = on(shelf).offers();
    if (offers.values().stream().filter(rivals).anyMatch(it -> it.name().equals(offer.name()))) {
      return new Written.Refused<>(new Refusal.NameTaken(offerKind(shelf), offer.name()));
    }
    if (profile(shelf, offer.profile()).isEmpty()) {
      return new Written.Refused<>(
          new Refusal.ReferenceNotFound(profileKind(shelf), offer.profile().toString()));
    }
    store.save(shelf, offer);
    offers.put(offer.key(), offer);
    return new Written.Done<>(offer);
  }

  @Override
  public Written<Offer> update(Shelf shelf, String key, OfferChange change) {
    var named = new LinkedHashMap<String, Patch<?>>();
    named.put("name", change.name());
    named.put("enabled", change.enabled());
    return reset(named)
        .<Written<Offer>>map(Written.Refused::new)
        .orElseGet(() -> locked(lock.writeLock(), () -> changed(shelf, key, change)));
  }

  private Written<Offer> changed(Shelf shelf, String key, OfferChange change) {
    return offer(shelf, key)
        .map(old -> write(shelf, changed(old, change), other -> other != old))
        .orElseGet(() -> new Written.Refused<>(new Refusal.NotFound(offerKind(shelf), key)));
  }

  private static Offer changed(Offer old, OfferChange change) {
    return new Offer(
        old.key(),
        change.name().over(old.name(), old.name()),
        change.description().over(old.description(), ""),
        change.enabled().over(old.enabled(), old.enabled()),
        old.profile());
  }

  @Override
  public Optional<Refusal> remove(Shelf shelf, String key) {
    return locked(
        lock.writeLock(),
        () -> {
          if (offer(shelf, key).isEmpty()) {
            return Optional.of(new Refusal.NotFound(offerKind(shelf), key));
          }
          if (trees.get().stream().anyMatch(it -> has(it, shelf, key))) {
            return Optional.of(new Refusal.InUse(offerKind(shelf), key));
          }
          store.removeOffer(shelf, key);
          on(shelf).offers().remove(key);
          return Optional.empty();
        });
  }

  private static boolean has(LoadBalancerTree tree, Shelf shelf, String key) {
    return tree.loadBalancer().placement().of(shelf).filter(key::equals).isPresent();
  }

  private static Kind offerKind(Shelf shelf) {
    return switch (shelf) {
      case FLAVORS -> Kind.FLAVOR;
      case AVAILABILITY_ZONES -> Kind.AVAILABILITY_ZONE;
    };
  }

  private static Kind profileKind(Shelf shelf) {
    return switch (shelf) {
      case FLAVORS -> Kind.FLAVOR_PROFILE;
      case AVAILABILITY_ZONES -> Kind.AVAILABILITY_ZONE_PROFILE;
    };
  }
}
