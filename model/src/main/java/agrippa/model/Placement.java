package agrippa.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a load balancer was ordered as. It never changes.
///
/// @param flavor key of the flavor, or null
/// @param availabilityZone key of the availability zone, or null
public record Placement(@Nullable String flavor, @Nullable String availabilityZone) {
  /// Neither flavor nor availability zone.
  public static final Placement ANY = new Placement(null, null);

  /// The key of what was chosen from a shelf.
  public Optional<String> of(Shelf shelf) {
    return Optional.ofNullable(
        switch (shelf) {
          case FLAVORS -> flavor;
          case AVAILABILITY_ZONES -> availabilityZone;
        });
  }
}
