package agrippa.model;

import org.jspecify.annotations.Nullable;

/// One server of a pool.
///
/// @param address IPv4 or IPv6, as given
/// @param protocolPort 1 to 65535
/// @param weight 0 to 256; 0 takes no new clients
/// @param backup used only when no other member is up
/// @param subnet where the member is reached, or null for the VIP's network
/// @param monitorAddress checked instead of `address`, or null
/// @param monitorPort checked instead of `protocolPort`, or null
public record Member(
    MemberId id,
    Labels labels,
    boolean adminStateUp,
    String address,
    int protocolPort,
    int weight,
    boolean backup,
    @Nullable SubnetId subnet,
    @Nullable String monitorAddress,
    @Nullable Integer monitorPort,
    Lifecycle lifecycle) {
  public Member with(Lifecycle next) {
    return new Member(
        id,
        labels,
        adminStateUp,
        address,
        protocolPort,
        weight,
        backup,
        subnet,
        monitorAddress,
        monitorPort,
        next);
  }
}
