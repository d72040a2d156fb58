package agrippa.control;

import agrippa.control.spi.Capability;
import agrippa.control.spi.ProfileSettings;
import agrippa.model.Offer;
import agrippa.model.Placement;
import agrippa.model.Profile;
import agrippa.model.ProfileId;
import agrippa.model.Shelf;
import java.util.List;
import java.util.Optional;

/// What operators put up for users to choose from: flavors and availability zones, and the profiles
/// that say what they mean. Never blocks.
public interface Catalog {
  /// What profiles may say.
  List<Capability> capabilities(Shelf shelf);

  /// In the order of their keys.
  List<Offer> offers(Shelf shelf);

  Optional<Offer> offer(Shelf shelf, String key);

  /// In the order of their ids.
  List<Profile> profiles(Shelf shelf);

  Optional<Profile> profile(Shelf shelf, ProfileId id);

  /// The profile of an offer.
  Profile profileOf(Shelf shelf, Offer offer);

  /// What of a profile the provider does not understand (any more), in the words that users see.
  Optional<String> unsupported(Shelf shelf, Profile profile);

  /// What the profiles of a load balancer's offers say.
  ProfileSettings settings(Placement placement);
}
