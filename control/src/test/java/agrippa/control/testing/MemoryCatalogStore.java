package agrippa.control.testing;

import agrippa.control.spi.CatalogStore;
import agrippa.model.Offer;
import agrippa.model.Profile;
import agrippa.model.ProfileId;
import agrippa.model.Shelf;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps flavors, availability zones and profiles as long as the object lives.
final class MemoryCatalogStore implements CatalogStore {
  private final Map<ProfileId, OnShelf<Profile>> profiles = new ConcurrentHashMap<>();
  private final Map<OnShelf<String>, Offer> offers = new ConcurrentHashMap<>();

  private record OnShelf<T>(Shelf shelf, T it) {}

  @Override
  public List<Profile> profiles(Shelf shelf) {
    return profiles.values().stream().filter(it -> it.shelf() == shelf).map(OnShelf::it).toList();
  }

  @Override
  public List<Offer> offers(Shelf shelf) {
    return offers.entrySet().stream()
        .filter(it -> it.getKey().shelf() == shelf)
        .map(Map.Entry::getValue)
        .toList();
  }

  @Override
  public void save(Shelf shelf, Profile profile) {
    profiles.put(profile.id(), new OnShelf<>(shelf, profile));
  }

  @Override
  public void save(Shelf shelf, Offer offer) {
    offers.put(new OnShelf<>(shelf, offer.key()), offer);
  }

  @Override
  public void remove(Shelf shelf, ProfileId id) {
    profiles.remove(id, new OnShelf<>(shelf, profiles.get(id).it()));
  }

  @Override
  public void removeOffer(Shelf shelf, String key) {
    offers.remove(new OnShelf<>(shelf, key));
  }
}
