package agrippa.launcher;

import static java.lang.System.Logger.Level.ERROR;

import agrippa.cloud.Documents;
import agrippa.cloud.compute.EmbeddedCompute;
import agrippa.cloud.compute.container.ContainerDriver;
import agrippa.cloud.image.EmbeddedImages;
import agrippa.cloud.network.ServerPorts;
import agrippa.control.spi.Identity;
import agrippa.model.ProjectId;
import agrippa.web.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The embedded compute service and the images that its servers start from.
final class Servers implements AutoCloseable {
  static final String COMPUTE = "/compute";
  static final String IMAGE = "/image";
  private static final System.Logger LOG = System.getLogger(Servers.class.getName());
  private static final Path HOST = Path.of("/proc/sys/kernel/hostname");
  private static final Duration END = Duration.ofSeconds(5);

  private final EmbeddedImages images;
  private final EmbeddedCompute compute;
  private final Thread imageMaker;

  /// @param operator who owns the image that is made at the first start
  Servers(
      Documents documents,
      StateFolder state,
      ServerPorts ports,
      Cloud.World world,
      ProjectId operator) {
    EmbeddedImages images =
        new EmbeddedImages(documents, state.images(), world.clock(), world.ids());
    this.images = images;
    this.compute =
        new EmbeddedCompute(
            documents,
            new EmbeddedCompute.Ground(
                new ContainerDriver(state.servers(), it -> images.find(it).isPresent()),
                ports,
                images,
                world.clock(),
                world.random(),
                world.ids(),
                host()));
    this.imageMaker =
        Thread.ofVirtual()
            .name("default-image")
            .uncaughtExceptionHandler(
                (_, e) -> LOG.log(ERROR, "the default image cannot be made", e))
            .unstarted(() -> images.makeDefault(operator));
  }

  /// The machine's name.
  static String host() {
    try {
      return Files.readString(HOST).strip();
    } catch (IOException e) {
      // Not on Linux, where no server runs either.
      return "localhost";
    }
  }

  /// Their faces: Nova's and Glance's.
  List<Site> sites(Identity identity) {
    return List.of(compute.site(COMPUTE, identity), images.site(IMAGE, identity));
  }

  /// Makes the default image, and servers run that shall.
  void start() {
    imageMaker.start();
    compute.start();
  }

  /// Servers run on.
  @Override
  public void close() {
    compute.close();
    try {
      imageMaker.join(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
