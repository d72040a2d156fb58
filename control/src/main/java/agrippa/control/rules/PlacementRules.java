package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;

import agrippa.control.Catalog;
import agrippa.control.Refusal;
import agrippa.control.spi.Value;
import agrippa.model.NetworkId;
import agrippa.model.Offer;
import agrippa.model.Placement;
import agrippa.model.Shelf;
import org.jspecify.annotations.Nullable;

/// Which flavor, availability zone and provider a new load balancer has.
final class PlacementRules {
  /// Where an availability zone says which networks VIPs may be on.
  private static final String VALID_VIP_NETWORKS = "valid_vip_networks";

  private final Catalog catalog;

  PlacementRules(Catalog catalog) {
    this.catalog = catalog;
  }

  /// There must be what was asked for, and new load balancers may have it.
  void requireOffered(Placement placement) {
    requireOffered(Shelf.FLAVORS, placement);
    requireOffered(Shelf.AVAILABILITY_ZONES, placement);
  }

  private void requireOffered(Shelf shelf, Placement placement) {
    if (placement.of(shelf).isPresent() && !offer(shelf, placement).enabled()) {
      throw new RefusedException(
          new Refusal.NotAllowed(option(shelf), placement.of(shelf).orElseThrow()));
    }
  }

  private Offer offer(Shelf shelf, Placement placement) {
    return placement
        .of(shelf)
        .flatMap(key -> catalog.offer(shelf, key))
        .orElseThrow(() -> invalid(unknown(shelf)));
  }

  private static String unknown(Shelf shelf) {
    return switch (shelf) {
      case FLAVORS -> "Invalid flavor_id.";
      case AVAILABILITY_ZONES -> "Invalid availability zone.";
    };
  }

  private static String option(Shelf shelf) {
    return switch (shelf) {
      case FLAVORS -> "flavor";
      case AVAILABILITY_ZONES -> "availability_zone";
    };
  }

  /// The flavor's, with which the request must agree; aliases do not count as the same.
  String provider(@Nullable String asked, Placement placement, String standard) {
    if (placement.flavor() == null) {
      return asked != null ? asked : standard;
    }
    var flavor = offer(Shelf.FLAVORS, placement);
    var provider = catalog.profileOf(Shelf.FLAVORS, flavor).provider();
    if (asked != null && !asked.equals(provider)) {
      throw new RefusedException(new Refusal.FlavorIncompatible(flavor.key(), asked));
    }
    return provider;
  }

  /// What was understood when a profile was made may have gone from a later version.
  void requireSupport(Placement placement, String provider) {
    for (var shelf : Shelf.values()) {
      if (placement.of(shelf).isPresent()) {
        var profile = catalog.profileOf(shelf, offer(shelf, placement));
        catalog
            .unsupported(shelf, profile)
            .ifPresent(
                why -> {
                  throw new RefusedException(new Refusal.UnsupportedOption(provider, why));
                });
      }
    }
  }

  /// An availability zone may be for some networks only.
  void requireNetwork(Placement placement, NetworkId network) {
    var valid = catalog.settings(placement).availabilityZone().get(VALID_VIP_NETWORKS);
    if (valid instanceof Value.Sequence(var items)
        && !items.isEmpty()
        && items.stream().noneMatch(it -> names(it, network))) {
      throw invalid(
          "Supplied VIP network_id is not allowed by the configuration of this deployment.");
    }
  }

  private static boolean names(Value value, NetworkId network) {
    return value instanceof Value.Text(var text) && text.equalsIgnoreCase(network.toString());
  }
}
