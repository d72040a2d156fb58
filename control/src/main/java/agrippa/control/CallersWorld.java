package agrippa.control;

import agrippa.control.rules.World;
import agrippa.control.spi.Networks;
import agrippa.control.spi.Networks.Network;
import agrippa.control.spi.Networks.Port;
import agrippa.control.spi.Networks.Subnet;
import agrippa.control.spi.Secrets;
import agrippa.control.spi.Secrets.KeyPair;
import agrippa.control.spi.Secrets.Lookup;
import agrippa.model.NetworkId;
import agrippa.model.PortId;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The world as one caller sees it, looked at once per thing: a change that must be decided about
/// again does not ask again. For one thread.
final class CallersWorld implements World {
  private final Networks networks;
  private final Secrets secrets;
  private final Caller caller;
  private final Map<NetworkId, Optional<Network>> foundNetworks = new HashMap<>();
  private final Map<SubnetId, Optional<Subnet>> foundSubnets = new HashMap<>();
  private final Map<PortId, Optional<Port>> foundPorts = new HashMap<>();
  private final Map<SecurityGroupId, Boolean> foundGroups = new HashMap<>();
  private final Map<QosPolicyId, Boolean> foundQosPolicies = new HashMap<>();
  private final Map<String, Lookup<KeyPair>> foundKeyPairs = new HashMap<>();
  private final Map<String, Lookup<List<X509Certificate>>> foundAuthorities = new HashMap<>();
  private final Map<String, Lookup<List<X509CRL>>> foundRevocations = new HashMap<>();

  CallersWorld(Networks networks, Secrets secrets, Caller caller) {
    this.networks = networks;
    this.secrets = secrets;
    this.caller = caller;
  }

  @Override
  public Optional<Network> network(NetworkId id) {
    return once(foundNetworks, id, () -> networks.network(caller, id));
  }

  @Override
  public Optional<Subnet> subnet(SubnetId id) {
    return once(foundSubnets, id, () -> networks.subnet(caller, id));
  }

  @Override
  public Optional<Port> port(PortId id) {
    return once(foundPorts, id, () -> networks.port(caller, id));
  }

  @Override
  public boolean securityGroupExists(SecurityGroupId id) {
    return once(foundGroups, id, () -> networks.securityGroupExists(caller, id));
  }

  @Override
  public boolean supportsQos() {
    return networks.supportsQos();
  }

  @Override
  public boolean qosPolicyExists(QosPolicyId id) {
    return once(foundQosPolicies, id, () -> networks.qosPolicyExists(caller, id));
  }

  @Override
  public Lookup<KeyPair> keyPair(String reference) {
    return once(foundKeyPairs, reference, () -> secrets.keyPair(caller, reference));
  }

  @Override
  public Lookup<List<X509Certificate>> authorities(String reference) {
    return once(foundAuthorities, reference, () -> secrets.authorities(caller, reference));
  }

  @Override
  public Lookup<List<X509CRL>> revocations(String reference) {
    return once(foundRevocations, reference, () -> secrets.revocations(caller, reference));
  }

  private static <K, V> V once(Map<K, V> found, K key, Supplier<V> search) {
    return found.computeIfAbsent(key, it -> search.get());
  }
}
