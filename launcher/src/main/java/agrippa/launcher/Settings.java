package agrippa.launcher;

import agrippa.model.Countable;
import agrippa.model.Quota;
import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
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

/// What an operator may choose: the command line's options and the keys of `agrippa.yaml`.
///
/// @param state folder of all state
/// @param bind address of the API
/// @param port of the API; 0 takes a free one
/// @param publicUrl what the catalogue tells clients, or empty for the bound address
/// @param writeHold how long a write waits for a load balancer that is still at work, before 409
/// @param tokenLifetime of the embedded identity service
/// @param quotas of projects for which an admin set none
/// @param loops event loops of the data plane; 0 for one per processor
/// @param transport of the data plane
/// @param tls of the data plane
record Settings(
    Path state,
    String bind,
    int port,
    Optional<URI> publicUrl,
    Duration writeHold,
    Duration tokenLifetime,
    Quota quotas,
    int loops,
    TransportKind transport,
    TlsKind tls) {

  /// What the command line alone decides.
  ///
  /// @throws UserError if there is no such port, or the address names no host
  static Settings of(Path state, String bind, int port) {
    if (port < 0 || port > 65_535) {
      throw new UserError(port + " is no port: use --port with a number from 0 to 65535");
    }
    try {
      InetAddress.getByName(bind);
    } catch (UnknownHostException e) {
      throw new UserError(
          "'" + bind + "' is no address: use --bind with one of this machine, such as 127.0.0.1",
          e);
    }
    return new Settings(
        state,
        bind,
        port,
        Optional.empty(),
        Duration.ofSeconds(2),
        Duration.ofHours(24),
        Quota.SILENT,
        0,
        TransportKind.BEST,
        TlsKind.BEST);
  }

  /// Puts the keys of a file over these settings.
  ///
  /// @throws UserError if the file cannot be read, or has an unknown key or a bad value
  Settings with(Path file) {
    try {
      Object root = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
      return root == null ? this : new Reader(file, flat(file, root)).over(this);
    } catch (NoSuchFileException e) {
      throw new UserError("there is no configuration file " + file, e);
    } catch (IOException e) {
      throw new UserError("cannot read the configuration file " + file + ": " + e, e);
    } catch (YamlEngineException e) {
      throw new UserError(file + " is not valid YAML: " + e.getMessage(), e);
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

  /// Takes known keys out of a file and complains about the rest.
  private record Reader(Path file, Map<String, Object> values) {
    static final List<String> KEYS =
        List.of(
            "public_url",
            "write_hold",
            "token_lifetime",
            "quotas.loadbalancer",
            "quotas.listener",
            "quotas.pool",
            "quotas.member",
            "quotas.healthmonitor",
            "quotas.l7policy",
            "quotas.l7rule",
            "data_plane.loops",
            "data_plane.transport",
            "data_plane.tls");

    Settings over(Settings base) {
      List<String> unknown = new ArrayList<>(values.keySet());
      unknown.removeAll(KEYS);
      if (!unknown.isEmpty()) {
        throw new UserError(
            file + ": unknown setting '" + unknown.getFirst() + "'; known are " + KEYS);
      }
      return new Settings(
          base.state,
          base.bind,
          base.port,
          url("public_url", base.publicUrl),
          seconds("write_hold", base.writeHold),
          seconds("token_lifetime", base.tokenLifetime),
          quotas(base.quotas),
          count("data_plane.loops", base.loops),
          choice("data_plane.transport", base.transport),
          choice("data_plane.tls", base.tls));
    }

    private Optional<URI> url(String key, Optional<URI> fallback) {
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

    private Duration seconds(String key, Duration fallback) {
      return switch (values.get(key)) {
        case null -> fallback;
        case Integer whole when whole >= 0 -> Duration.ofSeconds(whole);
        case Double fraction when fraction >= 0 && fraction < 1e9 ->
            Duration.ofMillis(Math.round(fraction * 1000));
        case Object other -> throw bad(key, other, "a number of seconds", null);
      };
    }

    private int count(String key, int fallback) {
      return switch (values.get(key)) {
        case null -> fallback;
        case Integer whole when whole >= 0 && whole <= 1024 -> whole;
        case Object other -> throw bad(key, other, "a number from 0 to 1024", null);
      };
    }

    private Quota quotas(Quota fallback) {
      Quota quotas = fallback;
      for (Countable kind : Countable.values()) {
        String key = "quotas." + kind.name().toLowerCase(Locale.ROOT).replace("_", "");
        quotas =
            switch (values.get(key)) {
              case null -> quotas;
              case Integer limit when limit >= Quota.UNLIMITED && limit <= Quota.MAX ->
                  quotas.with(kind, limit);
              case Object other ->
                  throw bad(key, other, "a number from 0 to 2000000000, or -1 for no limit", null);
            };
      }
      return quotas;
    }

    private <E extends Enum<E>> E choice(String key, E fallback) {
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

    private UserError bad(String key, Object value, String wanted, @Nullable Throwable cause) {
      String message = file + ": '" + value + "' is no value for " + key + ": use " + wanted;
      return cause == null ? new UserError(message) : new UserError(message, cause);
    }
  }
}
