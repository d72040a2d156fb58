package agrippa.provider.builtin;

import agrippa.control.Caller;
import agrippa.control.spi.Networks;
import agrippa.model.LoadBalancerId;
import agrippa.model.NetworkId;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Networks in which every VIP is served at one address of this machine and members are where they
/// say. A provider asks for nothing else.
record PlainNetworks(InetAddress listen) implements Networks {
  @Override
  public List<InetAddress> listenAddresses(Vip vip, List<Vip.Additional> additional) {
    return List.of(listen);
  }

  @Override
  public InetAddress reach(String address, @Nullable SubnetId subnet, Vip vip) {
    return InetAddress.ofLiteral(address);
  }

  @Override
  public Optional<Network> network(Caller caller, NetworkId id) {
    throw notAsked();
  }

  @Override
  public Optional<Subnet> subnet(Caller caller, SubnetId id) {
    throw notAsked();
  }

  @Override
  public Optional<Port> port(Caller caller, PortId id) {
    throw notAsked();
  }

  @Override
  public boolean securityGroupExists(Caller caller, SecurityGroupId id) {
    throw notAsked();
  }

  @Override
  public boolean supportsQos() {
    throw notAsked();
  }

  @Override
  public boolean qosPolicyExists(Caller caller, QosPolicyId id) {
    throw notAsked();
  }

  @Override
  public VipClaim claimVip(LoadBalancerId id, ProjectId project, VipWish wish) {
    throw notAsked();
  }

  @Override
  public void releaseVip(LoadBalancerId id, Vip vip) {
    throw notAsked();
  }

  @Override
  public void updateVip(LoadBalancerId id, Vip vip) {
    throw notAsked();
  }

  @Override
  public Set<LoadBalancerId> claims() {
    throw notAsked();
  }

  @Override
  public void releaseClaims(LoadBalancerId id) {
    throw notAsked();
  }

  @Override
  public void onChange(Consumer<PortId> listener) {
    throw notAsked();
  }

  private static AssertionError notAsked() {
    return new AssertionError("a provider does not ask for this");
  }
}
