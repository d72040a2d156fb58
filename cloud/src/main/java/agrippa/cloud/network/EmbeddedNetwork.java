package agrippa.cloud.network;

import agrippa.cloud.Documents;
import agrippa.cloud.fabric.FabricException;
import agrippa.control.spi.Identity;
import agrippa.control.spi.Networks;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.web.Site;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The network service of this program: what users see of it is [#site], what load balancers see of
/// it is [#networks], what servers see is [#serverPorts].
public final class EmbeddedNetwork implements AutoCloseable {
  private final CopyOnWriteArrayList<Consumer<PortId>> listeners = new CopyOnWriteArrayList<>();
  private final NetworkRecords records;
  private final PortCollection ports;
  private final @Nullable FabricKeeper keeper;

  /// Opens what is stored. The first start makes what every project may use: see
  /// [PublicNetwork].
  ///
  /// @param driver where packets run
  /// @param operator the project that owns `public`
  /// @param ids where the ids of new things come from
  /// @param random for MAC addresses
  /// @throws FabricException if the kernel's networks cannot be made
  public EmbeddedNetwork(
      Documents documents,
      NetworkDriver driver,
      ProjectId operator,
      InstantSource clock,
      Supplier<UUID> ids,
      RandomGenerator random) {
    AddressSpace space =
        switch (driver) {
          case NetworkDriver.Mirror() -> AddressSpace.MIRROR;
          case NetworkDriver.Linux _ -> AddressSpace.NETWORK;
        };
    this.records =
        new NetworkRecords(
            documents, space, clock, ids, this::tell, it -> PublicNetwork.make(it, operator));
    this.ports = new PortCollection(random);
    this.keeper =
        switch (driver) {
          case NetworkDriver.Mirror() -> null;
          case NetworkDriver.Linux(var fabric, boolean hostAccess) ->
              new FabricKeeper(
                  fabric,
                  () ->
                      FabricPlanner.plan(
                          records.state(), hostAccess ? fabric::hostInterface : null));
        };
  }

  /// Its REST interface, Neutron's.
  ///
  /// @param prefix such as `/network`
  public Site site(String prefix, Identity identity) {
    RouterPorts routerPorts = new RouterPorts(ports);
    RouterCollection routerCollection = new RouterCollection(routerPorts);
    CollectionFace<Router> routers = new CollectionFace<>(routerCollection, records);
    return new NetworkFace(
            identity,
            new NetworkReports(records),
            new RouterActions(routers, routerCollection, routerPorts),
            List.of(
                new CollectionFace<>(new NetworkCollection(), records),
                new CollectionFace<>(new SubnetCollection(), records),
                new CollectionFace<>(ports, records),
                routers,
                new CollectionFace<>(new FloatingIpCollection(), records),
                new CollectionFace<>(new SecurityGroupCollection(), records),
                new CollectionFace<>(new SecurityGroupRuleCollection(), records),
                new CollectionFace<>(new SubnetPoolCollection(), records),
                new CollectionFace<>(new QosPolicyCollection(), records)))
        .site(prefix);
  }

  /// Its networks, as load balancers use them.
  public Networks networks() {
    FabricKeeper kernel = keeper;
    Paths paths =
        kernel == null ? new MirrorPaths(records) : new LinuxPaths(records, ports, kernel);
    return new EmbeddedNetworks(records, new VipClaims(records, ports), paths, listeners);
  }

  /// Its ports, as servers use them.
  public ServerPorts serverPorts() {
    return new EmbeddedServerPorts(records, ports, keeper);
  }

  /// Stops following changes; what the kernel holds stays.
  @Override
  public void close() {
    if (keeper != null) {
      keeper.close();
    }
  }

  /// Floating IPs that came, went or moved change where the ports that they lead to are served.
  private void tell(NetworkRecords.Transition transition) {
    if (keeper != null) {
      keeper.wake();
    }
    FloatingIpTargets.moved(transition.before(), transition.after())
        .forEach(port -> listeners.forEach(it -> it.accept(new PortId(port))));
  }
}
