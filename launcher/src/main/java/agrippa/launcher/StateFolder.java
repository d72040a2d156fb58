package agrippa.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Everything that one Agrippa keeps on disk. Only its owner may read it.
final class StateFolder {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final String CLOUD = "agrippa";

  private final Path folder;

  StateFolder(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  /// `agrippa` under XDG_STATE_HOME, or under `~/.local/state`.
  static Path standard() {
    String base = System.getenv("XDG_STATE_HOME");
    Path parent =
        base == null || base.isBlank()
            ? Path.of(System.getProperty("user.home"), ".local", "state")
            : Path.of(base);
    return parent.resolve("agrippa");
  }

  Path path() {
    return folder;
  }

  Path database() {
    return folder.resolve("agrippa.db");
  }

  /// The key that secrets are encrypted with.
  Path secretKey() {
    return folder.resolve("secrets.key");
  }

  /// Where the content of images is kept.
  Path images() {
    return folder.resolve("images");
  }

  /// Where everything of servers is kept.
  Path servers() {
    return folder.resolve("servers");
  }

  private Path clouds() {
    return folder.resolve("clouds.yaml");
  }

  /// Makes the folder and claims it for this process, until the lock is released or the process
  /// ends.
  FileLock claim() {
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      FileChannel channel =
          FileChannel.open(
              folder.resolve("lock"),
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw new UserError(
            "another Agrippa uses the state folder "
                + folder
                + "; stop it, or choose another folder with --state");
      }
      return lock;
    } catch (IOException e) {
      throw new UserError(
          "cannot use the state folder " + folder + ": " + e + "; choose another with --state", e);
    }
  }

  /// Writes `clouds.yaml`, which OpenStack clients read, whole or not at all.
  void save(AdminCredentials credentials) {
    Map<String, Object> auth = new LinkedHashMap<>();
    auth.put("auth_url", credentials.authUrl());
    auth.put("username", credentials.user());
    auth.put("password", credentials.password());
    auth.put("project_name", credentials.project());
    auth.put("user_domain_name", "Default");
    auth.put("project_domain_name", "Default");
    Map<String, Object> cloud = new LinkedHashMap<>();
    cloud.put("auth", auth);
    cloud.put("region_name", credentials.region());
    cloud.put("identity_api_version", "3");
    DumpSettings block = DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();
    String yaml = new Dump(block).dumpToString(Map.of("clouds", Map.of(CLOUD, cloud)));
    try {
      Path draft =
          Files.createTempFile(
              folder, "clouds", ".yaml", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      Files.writeString(draft, yaml);
      Files.move(
          draft, clouds(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UserError("cannot write " + clouds() + ": " + e, e);
    }
  }

  boolean hasCredentials() {
    return Files.exists(clouds());
  }

  /// Reads `clouds.yaml`.
  AdminCredentials credentials() {
    try {
      Object root =
          new Load(LoadSettings.builder().build()).loadFromString(Files.readString(clouds()));
      Map<?, ?> cloud = map(map(map(root).get("clouds")).get(CLOUD));
      Map<?, ?> auth = map(cloud.get("auth"));
      return new AdminCredentials(
          text(auth.get("auth_url")),
          text(auth.get("username")),
          text(auth.get("password")),
          text(auth.get("project_name")),
          text(cloud.get("region_name")));
    } catch (NoSuchFileException e) {
      throw new UserError(
          "there is no " + clouds() + "; start ./agrippa serve --state " + folder + " first", e);
    } catch (IOException | YamlEngineException | IllegalArgumentException e) {
      throw new UserError("cannot read " + clouds() + ": " + e, e);
    }
  }

  private static Map<?, ?> map(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException("it does not describe the cloud '" + CLOUD + "'");
  }

  private static String text(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("it does not describe the cloud '" + CLOUD + "'");
  }
}
