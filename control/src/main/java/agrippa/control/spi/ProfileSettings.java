package agrippa.control.spi;

import java.util.Map;

/// What the profiles of a load balancer's flavor and availability zone say, by the names of the
/// provider's capabilities.
///
/// @param flavor empty if it has none
/// @param availabilityZone empty if it has none
public record ProfileSettings(Map<String, Value> flavor, Map<String, Value> availabilityZone) {
  /// Nothing is said.
  public static final ProfileSettings NONE = new ProfileSettings(Map.of(), Map.of());

  public ProfileSettings {
    flavor = Map.copyOf(flavor);
    availabilityZone = Map.copyOf(availabilityZone);
  }
}
