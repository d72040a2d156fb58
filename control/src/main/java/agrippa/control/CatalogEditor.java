package agrippa.control;

import agrippa.model.Offer;
import agrippa.model.Profile;
import agrippa.model.ProfileId;
import agrippa.model.Shelf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes the catalog. Who may do so is the caller's concern. What was accepted is stored before
/// the call returns. Safe for use by many threads.
public interface CatalogEditor extends Catalog {
  Written<Profile> create(Shelf shelf, NewProfile wanted);

  /// The provider and data of a profile stay as they are while an offer has it.
  Written<Profile> update(Shelf shelf, ProfileId id, ProfileChange change);

  /// @return why it stays, or nothing if it is gone
  Optional<Refusal> remove(Shelf shelf, ProfileId id);

  Written<Offer> create(Shelf shelf, NewOffer wanted);

  Written<Offer> update(Shelf shelf, String key, OfferChange change);

  /// @return why it stays, or nothing if it is gone
  Optional<Refusal> remove(Shelf shelf, String key);

  /// @param data JSON, or null, which is refused
  record NewProfile(String name, String provider, @Nullable String data) {}

  record ProfileChange(Patch<String> name, Patch<String> provider, Patch<String> data) {}

  /// @param enabled keep means true
  record NewOffer(String name, String description, Patch<Boolean> enabled, ProfileId profile) {}

  /// @param name of a flavor; that of an availability zone is its key, which never changes
  record OfferChange(Patch<String> name, Patch<String> description, Patch<Boolean> enabled) {}

  /// What became of a write.
  sealed interface Written<T> {
    record Done<T>(T it) implements Written<T> {}

    /// Nothing changed.
    record Refused<T>(Refusal why) implements Written<T> {}
  }
}
