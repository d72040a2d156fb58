package agrippa.cloud.compute;

import agrippa.cloud.Documents;
import agrippa.cloud.image.EmbeddedImages;
import agrippa.cloud.network.ServerPorts;
import agrippa.control.spi.Identity;
import agrippa.web.Site;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;

/// The compute service of this program: what users see of it is [#site].
///
/// Servers run on while this program does not, and are looked after again from [#start] on.
public final class EmbeddedCompute implements AutoCloseable {
  private final ComputeApi.Parts parts;
  private final ServerKeeper keeper;

  /// What the service stands on.
  ///
  /// @param host the name of this machine, as it is shown
  public record Ground(
      ServerDriver driver,
      ServerPorts ports,
      EmbeddedImages images,
      InstantSource clock,
      SecureRandom random,
      Supplier<UUID> ids,
      String host) {}

  /// Opens what is stored; the first start makes the usual flavors.
  public EmbeddedCompute(Documents documents, Ground ground) {
    ComputeStore store = new ComputeStore(documents);
    this.keeper = new ServerKeeper(store, ground.driver, ground.ports, ground.images, ground.clock);
    this.parts =
        new ComputeApi.Parts(
            new ServerResource(
                store,
                ground.images,
                ground.ports,
                keeper,
                new ServerJson(ground.ports, ground.host),
                new ServerResource.World(ground.clock, ground.random, ground.ids)),
            new ServerActions(store, ground.driver, ground.ports, keeper, ground.clock),
            new ServerParts(store, ground.ports, ground.clock),
            new FlavorResource(store, ground.ids),
            new KeyPairResource(store, ground.clock, ground.random),
            new GroupResource(ground.ports),
            new HostResource(store, ground.driver, ground.clock, ground.host));
  }

  /// Its REST interface, Nova's.
  ///
  /// @param prefix such as `/compute`
  public Site site(String prefix, Identity identity) {
    return new ComputeApi(identity, parts).site(prefix);
  }

  /// Makes servers be as they shall be from now on.
  public void start() {
    keeper.start();
  }

  /// Stops looking after servers, which run on.
  @Override
  public void close() {
    keeper.close();
  }
}
