package agrippa.launcher;

import agrippa.control.ControlSettings;
import agrippa.control.access.Policy;
import agrippa.control.access.PolicyException;
import agrippa.control.access.Roles;
import agrippa.model.Countable;
import agrippa.model.Quota;
import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Cidr;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What an operator may choose: the command line's options and the keys of `agrippa.yaml`.
///
/// @param state folder of all state
/// @param bind address of the API
/// @param port of the API; 0 takes a free one
/// @param publicUrl what the catalogue tells clients, or empty for the bound address
/// @param writeHold how long a write waits for a load balancer that is still at work, before 409
/// @param tokenLifetime of the embedded identity service
/// @param stopGrace how long requests and connections may take to finish when the program stops
/// @param quotas of projects for which an admin set none
/// @param policy who may do what in the load-balancer API
/// @param loops event loops of the data plane; 0 for one per processor
/// @param transport of the data plane
/// @param tls of the data plane
/// @param ocspResponders networks where certificates' responders may be asked; none: nobody is
/// @param cloud which of the cloud's services are real
/// @param api how it meets its clients
/// @param watch what is told of what load balancers serve
record Settings(
    Path state,
    String bind,
    int port,
    Optional<URI> publicUrl,
    Duration writeHold,
    Duration tokenLifetime,
    Duration stopGrace,
    Quota quotas,
    Policy policy,
    int loops,
    TransportKind transport,
    TlsKind tls,
    List<Cidr> ocspResponders,
    CloudSettings cloud,
    ApiSettings api,
    WatchSettings watch) {

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
        Duration.ofSeconds(10),
        Quota.SILENT,
        ControlSettings.DEFAULT.policy(),
        0,
        TransportKind.BEST,
        TlsKind.BEST,
        List.of(),
        CloudSettings.EMBEDDED,
        ApiSettings.DEFAULT,
        WatchSettings.DEFAULT);
  }

  /// The same with the embedded networks in the kernel.
  Settings with(CloudSettings.Kernel kernel) {
    return with(cloud.with(Optional.of(kernel)), watch);
  }

  /// The same with other things told of what load balancers serve.
  Settings with(WatchSettings next) {
    return with(cloud, next);
  }

  private Settings with(CloudSettings nextCloud, WatchSettings nextWatch) {
    return new Settings(
        state,
        bind,
        port,
        publicUrl,
        writeHold,
        tokenLifetime,
        stopGrace,
        quotas,
        policy,
        loops,
        transport,
        tls,
        ocspResponders,
        nextCloud,
        api,
        nextWatch);
  }

  /// Puts the keys of a file over these settings.
  ///
  /// @param environment where secrets may be, so that no file has to hold them
  /// @throws UserError if the file cannot be read, or has an unknown key or a bad value
  Settings with(Path path, Map<String, String> environment) {
    SettingsFile file = SettingsFile.read(path);
    return new Settings(
        state,
        bind,
        port,
        file.url("public_url", publicUrl),
        file.seconds("write_hold", writeHold),
        file.seconds("token_lifetime", tokenLifetime),
        file.seconds("stop_grace", stopGrace),
        quotas(file, quotas),
        policy(file, policy),
        file.count("data_plane.loops", loops),
        file.choice("data_plane.transport", transport),
        file.choice("data_plane.tls", tls),
        networks(file, "data_plane.ocsp_responders"),
        CloudSettings.of(file, environment, cloud.kernel()),
        ApiSettings.of(file),
        watch.with(file));
  }

  private static List<Cidr> networks(SettingsFile file, String key) {
    Object value = file.value(key);
    List<?> given =
        value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
    return given.stream().map(it -> network(file, key, String.valueOf(it))).toList();
  }

  private static Cidr network(SettingsFile file, String key, String text) {
    try {
      return Cidr.parse(text);
    } catch (IllegalArgumentException e) {
      throw file.bad(key, text, "networks such as 192.0.2.0/24", e);
    }
  }

  /// A relative path begins at the configuration file.
  private static Policy policy(SettingsFile file, Policy fallback) {
    Optional<String> named = file.text("policy.file");
    if (named.isEmpty() && file.value("policy.roles") == null) {
      return fallback;
    }
    Optional<Path> own = named.map(file.path()::resolveSibling);
    try {
      return Policy.of(
          file.choice("policy.roles", Roles.ALL), own.map(PolicyFile::read).orElse(Map.of()));
    } catch (PolicyException e) {
      throw new UserError(own.orElse(file.path()) + ": " + e.getMessage(), e);
    }
  }

  private static Quota quotas(SettingsFile file, Quota fallback) {
    Quota quotas = fallback;
    for (Countable kind : Countable.values()) {
      String key = "quotas." + kind.name().toLowerCase(Locale.ROOT).replace("_", "");
      quotas =
          switch (file.value(key)) {
            case null -> quotas;
            case Integer limit when limit >= Quota.UNLIMITED && limit <= Quota.MAX ->
                quotas.with(kind, limit);
            case Object other ->
                throw file.bad(
                    key, other, "a number from 0 to 2000000000, or -1 for no limit", null);
          };
    }
    return quotas;
  }
}
