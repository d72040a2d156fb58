package agrippa.control.spi;

import agrippa.model.Offer;
import agrippa.model.Profile;
import agrippa.model.ProfileId;
import agrippa.model.Shelf;
import java.util.List;

/// Where flavors, availability zones and their profiles are kept. What a write returned from
/// survives a crash of the process and of the machine. Safe for use by many threads.
public interface CatalogStore {
  List<Profile> profiles(Shelf shelf);

  List<Offer> offers(Shelf shelf);

  /// Stores a profile, in place of the one with its id.
  void save(Shelf shelf, Profile profile);

  /// Stores an offer, in place of the one with its key. Its profile must be stored.
  void save(Shelf shelf, Offer offer);

  /// Forgets a profile that no offer has.
  void remove(Shelf shelf, ProfileId id);

  /// Forgets an offer.
  void removeOffer(Shelf shelf, String key);
}
