package agrippa.provider.builtin;

import agrippa.control.spi.Capability;
import agrippa.control.spi.Capability.Type;
import agrippa.control.spi.ProfileSettings;
import agrippa.control.spi.Value;
import agrippa.model.Shelf;
import java.util.List;
import java.util.stream.Stream;

/// What profiles may say. Operators bring profiles along from Octavia: what says on which
/// machine an amphora runs is accepted and has no effect, since there is no such machine. What
/// users could tell from its absence, such as SR-IOV, is not understood.
final class Capabilities {
  private static final String CONNECTION_LIMIT = "connection_limit";

  /// Of Octavia's.
  private static final List<Capability> KNOWN =
      List.of(
          new Capability(
              "loadbalancer_topology",
              "The load balancer topology. One of: SINGLE - One amphora per load balancer. "
                  + "ACTIVE_STANDBY - Two amphora per load balancer.",
              new Type.Choice(List.of("ACTIVE_STANDBY", "SINGLE"))),
          new Capability("compute_flavor", "The compute driver flavor ID.", new Type.Text()),
          new Capability("amp_image_tag", "The amphora image tag.", new Type.Text()),
          new Capability(
              CONNECTION_LIMIT,
              "The most connections that each listener may have, whatever its own limit.",
              new Type.Integer(1)));

  private Capabilities() {}

  static List<Capability> of(Shelf shelf) {
    return switch (shelf) {
      case FLAVORS -> Stream.concat(KNOWN.stream(), Extensions.capabilities()).toList();
      case AVAILABILITY_ZONES ->
          List.of(
              new Capability("compute_zone", "The compute availability zone.", new Type.Text()),
              new Capability("volume_zone", "The volume availability zone.", new Type.Text()),
              new Capability(
                  "management_network",
                  "The management network ID for the amphora.",
                  new Type.Text()),
              new Capability(
                  "valid_vip_networks",
                  "List of network IDs that are allowed for VIP use. This overrides/replaces the "
                      + "list of allowed networks configured in `octavia.conf`.",
                  new Type.Texts()));
    };
  }

  /// The most connections that a listener may have.
  static int connectionLimit(ProfileSettings settings) {
    return settings.flavor().get(CONNECTION_LIMIT) instanceof Value.Number(var limit)
        ? limit.intValueExact()
        : Integer.MAX_VALUE;
  }
}
