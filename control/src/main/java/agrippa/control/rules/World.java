package agrippa.control.rules;

import agrippa.control.spi.Networks.Network;
import agrippa.control.spi.Networks.Port;
import agrippa.control.spi.Networks.Subnet;
import agrippa.control.spi.Secrets.KeyPair;
import agrippa.control.spi.Secrets.Lookup;
import agrippa.model.NetworkId;
import agrippa.model.PortId;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// What other services show the caller. Failures to reach them are
/// [agrippa.control.spi.ServiceUnavailableException].
public interface World {
  Optional<Network> network(NetworkId id);

  Optional<Subnet> subnet(SubnetId id);

  Optional<Port> port(PortId id);

  boolean securityGroupExists(SecurityGroupId id);

  boolean supportsQos();

  boolean qosPolicyExists(QosPolicyId id);

  Lookup<KeyPair> keyPair(String reference);

  Lookup<List<X509Certificate>> authorities(String reference);

  Lookup<List<X509CRL>> revocations(String reference);
}
