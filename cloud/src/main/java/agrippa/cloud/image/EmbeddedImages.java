package agrippa.cloud.image;

import agrippa.cloud.Documents;
import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.model.ProjectId;
import agrippa.web.Site;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// The image service of this program: what users see of it is [#site].
public final class EmbeddedImages {
  private static final long LONGEST_FILE = 2L << 30;

  private final ImageStore store;
  private final InstantSource clock;
  private final Supplier<UUID> ids;

  /// Opens what is stored.
  ///
  /// @param folder where the content of images is kept
  public EmbeddedImages(Documents documents, Path folder, InstantSource clock, Supplier<UUID> ids) {
    this(documents, folder, clock, ids, LONGEST_FILE);
  }

  /// @param longestFile in bytes
  EmbeddedImages(
      Documents documents, Path folder, InstantSource clock, Supplier<UUID> ids, long longestFile) {
    this.store = new ImageStore(documents, folder, clock, longestFile);
    this.clock = clock;
    this.ids = ids;
  }

  /// Its REST interface, Glance's.
  ///
  /// @param prefix such as `/image`
  public Site site(String prefix, Identity identity) {
    return new ImageApi(identity, new ImageResource(store, clock, ids)).site(prefix);
  }

  /// Makes the image [DefaultImage#NAME] of programs of this machine, unless it was made before:
  /// who deletes it does not want it. May take a second.
  ///
  /// @param operator who owns it
  public void makeDefault(ProjectId operator) {
    new DefaultImage(store, clock, ids).make(operator);
  }

  /// An image, as far as servers need to know it.
  ///
  /// @param complaint why it is not active, if that is known; else empty
  /// @param minDisk in GB
  /// @param minRam in MB
  /// @param archive of its root file system: tar, perhaps compressed with gzip
  public record Available(
      UUID id,
      String name,
      boolean active,
      String complaint,
      int minDisk,
      int minRam,
      Path archive) {}

  /// An image that a caller sees.
  public Optional<Available> find(Caller caller, UUID id) {
    return store.image(id).filter(it -> it.visibleTo(caller)).map(this::available);
  }

  /// An image, whoever asks.
  public Optional<Available> find(UUID id) {
    return store.image(id).map(this::available);
  }

  private Available available(Image it) {
    String name = it.basics().name();
    return new Available(
        it.id(),
        name == null ? "" : name,
        it.status() == Image.Status.ACTIVE,
        it.properties().getOrDefault(DefaultImage.COMPLAINT, ""),
        it.basics().minDisk(),
        it.basics().minRam(),
        store.file(it.id()));
  }
}
