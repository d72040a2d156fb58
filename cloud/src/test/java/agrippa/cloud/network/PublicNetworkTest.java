package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.model.ProjectId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What everybody finds at the first start.
class PublicNetworkTest {
  private static NetworkState made(AddressSpace space) {
    Draft draft =
        new Draft(NetworkState.of(space, List.of()), () -> Instant.EPOCH, UUID::randomUUID);
    PublicNetwork.make(draft, new ProjectId("operator"));
    return draft.state();
  }

  @Test
  void realNetworksHaveBothFamilies() {
    NetworkState state = made(AddressSpace.NETWORK);
    assertThat(state.subnets())
        .extracting(it -> it.cidr() + " " + Addresses.text(it.gateway()) + " " + it.pools())
        .containsExactlyInAnyOrder(
            "203.0.113.0/24 203.0.113.1 " + range("203.0.113.2", "203.0.113.254"),
            "2001:db8::/64 2001:db8::1 " + range("2001:db8::2", "2001:db8::ffff:ffff:ffff:ffff"));
    assertThat(SubnetAllocation.defaultPool(state, 6).orElseThrow().shared()).isTrue();
    assertThat(SubnetAllocation.defaultPool(state, 4)).isEmpty();
  }

  private static String range(String first, String last) {
    return List.of(new AddressRange(Addresses.of(first), Addresses.of(last))).toString();
  }

  @Test
  void mirroredOnesAreOfIpv4() {
    NetworkState state = made(AddressSpace.MIRROR);
    assertThat(state.subnets()).extracting(it -> it.cidr().version()).containsExactly(4);
    assertThat(state.subnetPools()).isEmpty();
  }
}
