package agrippa.launcher;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// The keys of a configuration file, and their values by kind. Complaints name the file, the key,
/// what is wrong and what would be right.
///
/// @param values by key; a dot stands for a level
record SettingsFile(Path path, Map<String, Object> values) {
  static final List<String> KEYS =
      List.of(
          "public_url",
          "write_hold",
          "token_lifetime",
          "stop_grace",
          "api.certificate_file",
          "api.key_file",
          "api.behind_proxy",
          "api.cors_origins",
          "api.cors_max_age",
          "api.max_limit",
          "api.healthcheck_details",
          "quotas.loadbalancer",
          "quotas.listener",
          "quotas.pool",
          "quotas.member",
          "quotas.healthmonitor",
          "quotas.l7policy",
          "quotas.l7rule",
          "policy.roles",
          "policy.file",
          "data_plane.loops",
          "data_plane.transport",
          "data_plane.tls",
          "data_plane.ocsp_responders",
          "metrics",
          "access_log.to",
          "access_log.sample",
          "access_log.file_size",
          "access_log.old_files",
          "opentelemetry.endpoint",
          "opentelemetry.interval",
          "opentelemetry.headers_file",
          "opentelemetry.certificate_file",
          "identity.service",
          "identity.url",
          "identity.public_url",
          "identity.region",
          "identity.interface",
          "identity.user",
          "identity.user_domain",
          "identity.project",
          "identity.project_domain",
          "identity.password",
          "identity.password_file",
          "identity.ca_file",
          "identity.timeout",
          "identity.cache",
          "network.service",
          "network.driver",
          "network.host_access",
          "network.url",
          "network.vip_networks",
          "network.own_machine",
          "secret.service",
          "secret.url",
          "secret.cache");

  /// @throws UserError if the file cannot be read, or has an unknown key
  static SettingsFile read(Path path) {
    try {
      Object root = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(path));
      SettingsFile file = new SettingsFile(path, root == null ? Map.of() : flat(path, root));
      file.requireKnownKeys();
      return file;
    } catch (NoSuchFileException e) {
      throw new UserError("there is no configuration file " + path, e);
    } catch (IOException e) {
      throw new UserError("cannot read the configuration file " + path + ": " + e, e);
    } catch (YamlEngineException e) {
      throw new UserError(path + " is not valid YAML: " + e.getMessage(), e);
    }
  }

  /// `data_plane: {loops: 2}` becomes `data_plane.loops`.
  private static Map<String, Object> flat(Path file, Object root) {
    Map<String, Object> flat = new TreeMap<>();
    flatten(file, "", root, flat);
    return flat;
  }

  private static void flatten(Path file, String prefix, Object node, Map<String, Object> into) {
    if (!(node instanceof Map<?, ?> map)) {
      throw new UserError(
          file + ": expected a mapping" + (prefix.isEmpty() ? "" : " at " + prefix));
    }
    map.forEach(
        (key, value) -> {
          String name = prefix + key;
          if (value instanceof Map<?, ?>) {
            flatten(file, name + ".", value, into);
          } else if (value != null) {
            into.put(name, value);
          }
        });
  }

  private void requireKnownKeys() {
    List<String> unknown = new ArrayList<>(values.keySet());
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw new UserError(
          path + ": unknown setting '" + unknown.getFirst() + "'; known are " + KEYS);
    }
  }

  @Nullable Object value(String key) {
    return values.get(key);
  }

  /// A text that is not empty.
  Optional<String> text(String key) {
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof List<?> || value.toString().isBlank()) {
      throw bad(key, value, "a text", null);
    }
    return Optional.of(value.toString());
  }

  boolean flag(String key, boolean fallback) {
    return switch (values.get(key)) {
      case null -> fallback;
      case Boolean flag -> flag;
      case Object other -> throw bad(key, other, "true or false", null);
    };
  }

  Optional<URI> url(String key, Optional<URI> fallback) {
    Object value = values.get(key);
    if (value == null) {
      return fallback;
    }
    try {
      URI url = URI.create(value.toString());
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (web && url.getHost() != null && url.getQuery() == null) {
        return Optional.of(url);
      }
    } catch (IllegalArgumentException e) {
      throw bad(key, value, "an http or https URL", e);
    }
    throw bad(key, value, "an http or https URL", null);
  }

  Duration seconds(String key, Duration fallback) {
    return switch (values.get(key)) {
      case null -> fallback;
      case Integer whole when whole >= 0 -> Duration.ofSeconds(whole);
      case Double fraction when fraction >= 0 && fraction < 1e9 ->
          Duration.ofMillis(Math.round(fraction * 1000));
      case Object other -> throw bad(key, other, "a number of seconds", null);
    };
  }

  int count(String key, int fallback) {
    return switch (values.get(key)) {
      case null -> fallback;
      case Integer whole when whole >= 0 && whole <= 1024 -> whole;
      case Object other -> throw bad(key, other, "a number from 0 to 1024", null);
    };
  }

  <E extends Enum<E>> E choice(String key, E fallback) {
    Object value = values.get(key);
    if (value == null) {
      return fallback;
    }
    Class<E> type = fallback.getDeclaringClass();
    for (E each : type.getEnumConstants()) {
      if (each.name().equalsIgnoreCase(value.toString())) {
        return each;
      }
    }
    throw bad(key, value, "one of " + names(type.getEnumConstants()), null);
  }

  private static List<String> names(Enum<?>[] choices) {
    return Arrays.stream(choices).map(it -> it.name().toLowerCase(Locale.ROOT)).toList();
  }

  UserError bad(String key, Object value, String wanted, @Nullable Throwable cause) {
    String message = path + ": '" + value + "' is no value for " + key + ": use " + wanted;
    return cause == null ? new UserError(message) : new UserError(message, cause);
  }
}
