package agrippa.launcher;

import agrippa.cloud.network.NeutronNetworks;
import agrippa.cloud.openstack.ServiceUser;
import agrippa.model.NetworkId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which of the cloud's services are real, and how they are reached. Empty ones are embedded.
///
/// @param kernel how an embedded network service uses the kernel; empty for the mirror
record CloudSettings(
    Optional<Keystone> identity,
    Optional<Neutron> network,
    Optional<Barbican> secret,
    Optional<Kernel> kernel) {
  static final CloudSettings EMBEDDED =
      new CloudSettings(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /// What an embedded service is told.
  private static final Set<String> EMBEDDED_KEYS = Set.of("network.driver", "network.host_access");

  private static final String PASSWORD_VARIABLE = "AGRIPPA_IDENTITY_PASSWORD";

  /// @param publicUrl where callers get a token
  /// @param region of endpoints in the catalogue, or null for any
  /// @param authorities PEM file of those that may vouch for the cloud's servers, or null for those
  ///     that the JDK trusts
  /// @param timeout of each request to any of the services
  /// @param cache how long the answer about a token is good
  record Keystone(
      URI url,
      URI publicUrl,
      @Nullable String region,
      Interface face,
      ServiceUser user,
      @Nullable Path authorities,
      Duration timeout,
      Duration cache) {}

  /// Which of a service's endpoints in the catalogue is used.
  enum Interface {
    PUBLIC,
    INTERNAL,
    ADMIN;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// @param url or null for what the catalogue says
  record Neutron(@Nullable URI url, NeutronNetworks.Reach reach) {}

  /// @param url or null for what the catalogue says
  /// @param cache how long what was read is used without asking again
  record Barbican(@Nullable URI url, Duration cache) {}

  /// @param hostAccess whether this machine is in the external networks, as their gateway
  record Kernel(boolean hostAccess) {}

  /// What moves the packets of embedded networks.
  enum Driver {
    MIRROR,
    LINUX
  }

  private enum IdentityService {
    EMBEDDED,
    KEYSTONE
  }

  private enum NetworkService {
    EMBEDDED,
    NEUTRON
  }

  private enum SecretService {
    EMBEDDED,
    BARBICAN
  }

  /// The same with its embedded networks in the kernel, or mirrored.
  CloudSettings with(Optional<Kernel> other) {
    return new CloudSettings(identity, network, secret, other);
  }

  /// @param fallback what the command line says about the kernel
  /// @throws UserError if something is wrong or missing
  static CloudSettings of(
      SettingsFile file, Map<String, String> environment, Optional<Kernel> fallback) {
    boolean keystone =
        file.choice("identity.service", IdentityService.EMBEDDED) == IdentityService.KEYSTONE;
    boolean neutron =
        file.choice("network.service", NetworkService.EMBEDDED) == NetworkService.NEUTRON;
    boolean barbican =
        file.choice("secret.service", SecretService.EMBEDDED) == SecretService.BARBICAN;
    requireOwner(file, "identity.", "keystone", keystone);
    requireOwner(file, "network.", "neutron", neutron);
    requireOwner(file, "secret.", "barbican", barbican);
    if ((neutron || barbican) && !keystone) {
      throw new UserError(
          file.path()
              + ": a real "
              + (neutron ? "Neutron" : "Barbican")
              + " needs the Keystone whose tokens it takes: set identity.service to keystone");
    }
    return new CloudSettings(
        keystone ? Optional.of(keystone(file, environment)) : Optional.empty(),
        neutron ? Optional.of(neutron(file)) : Optional.empty(),
        barbican ? Optional.of(barbican(file)) : Optional.empty(),
        kernel(file, fallback, neutron));
  }

  private static Optional<Kernel> kernel(
      SettingsFile file, Optional<Kernel> fallback, boolean neutron) {
    Driver driver =
        file.choice("network.driver", fallback.isPresent() ? Driver.LINUX : Driver.MIRROR);
    boolean hostAccess =
        file.flag("network.host_access", fallback.map(Kernel::hostAccess).orElse(false));
    if (neutron && driver == Driver.LINUX) {
      throw new UserError(
          file.path() + ": network.driver linux is for the embedded network service, not Neutron");
    }
    if (hostAccess && driver == Driver.MIRROR) {
      throw new UserError(
          file.path() + ": network.host_access has no effect unless network.driver is linux");
    }
    return driver == Driver.LINUX ? Optional.of(new Kernel(hostAccess)) : Optional.empty();
  }

  /// A key without effect is a mistake that would be found late.
  private static void requireOwner(
      SettingsFile file, String section, String service, boolean chosen) {
    file.values().keySet().stream()
        .filter(it -> it.startsWith(section) && !it.equals(section + "service") && !chosen)
        .filter(it -> !EMBEDDED_KEYS.contains(it))
        .findFirst()
        .ifPresent(
            key -> {
              throw new UserError(
                  "%s: %s has no effect unless %sservice is %s"
                      .formatted(file.path(), key, section, service));
            });
  }

  private static Keystone keystone(SettingsFile file, Map<String, String> environment) {
    URI url = file.url("identity.url", Optional.empty()).orElseThrow(() -> missing(file, "url"));
    return new Keystone(
        url,
        file.url("identity.public_url", Optional.of(url)).orElse(url),
        file.text("identity.region").orElse(null),
        file.choice("identity.interface", Interface.PUBLIC),
        new ServiceUser(
            file.text("identity.user").orElseThrow(() -> missing(file, "user")),
            file.text("identity.user_domain").orElse("Default"),
            file.text("identity.project").orElse("service"),
            file.text("identity.project_domain").orElse("Default"),
            password(file, environment)),
        file.text("identity.ca_file").map(Path::of).orElse(null),
        duration(file, "identity.timeout", Duration.ofSeconds(10)),
        file.seconds("identity.cache", Duration.ofMinutes(5)));
  }

  private static UserError missing(SettingsFile file, String name) {
    return new UserError(file.path() + ": identity.service keystone needs identity." + name);
  }

  /// In the file, in a file of its own, or in the environment; exactly once.
  private static String password(SettingsFile file, Map<String, String> environment) {
    Optional<String> here = file.text("identity.password");
    Optional<String> elsewhere = file.text("identity.password_file").map(it -> content(file, it));
    Optional<String> variable = Optional.ofNullable(environment.get(PASSWORD_VARIABLE));
    List<String> all =
        List.of(here, elsewhere, variable).stream().flatMap(Optional::stream).toList();
    if (all.size() != 1 || all.getFirst().isEmpty()) {
      throw new UserError(
          file.path()
              + ": the service user's password must be in exactly one of identity.password,"
              + " identity.password_file and the environment variable "
              + PASSWORD_VARIABLE);
    }
    return all.getFirst();
  }

  private static String content(SettingsFile file, String name) {
    Path secret = file.path().toAbsolutePath().resolveSibling(name);
    try {
      return Files.readString(secret).strip();
    } catch (IOException e) {
      throw new UserError(file.path() + ": cannot read identity.password_file: " + e, e);
    }
  }

  private static Duration duration(SettingsFile file, String key, Duration fallback) {
    Duration duration = file.seconds(key, fallback);
    if (duration.isZero() || duration.compareTo(Duration.ofMinutes(5)) > 0) {
      throw file.bad(key, duration.toSeconds(), "more than 0 and at most 300 seconds", null);
    }
    return duration;
  }

  private static Neutron neutron(SettingsFile file) {
    return new Neutron(
        file.url("network.url", Optional.empty()).orElse(null),
        new NeutronNetworks.Reach(vipNetworks(file), file.flag("network.own_machine", false)));
  }

  private static Set<NetworkId> vipNetworks(SettingsFile file) {
    String key = "network.vip_networks";
    return switch (file.value(key)) {
      case null ->
          throw new UserError(
              file.path()
                  + ": network.service neutron needs network.vip_networks: a list of the ids of the"
                  + " networks whose addresses lead to this machine, or any");
      case String text when text.equals("any") -> Set.of();
      case List<?> list when !list.isEmpty() -> {
        Set<NetworkId> ids = new HashSet<>();
        for (Object each : list) {
          ids.add(networkId(file, key, each));
        }
        yield Set.copyOf(ids);
      }
      case Object other -> throw file.bad(key, other, "a list of ids of networks, or any", null);
    };
  }

  private static NetworkId networkId(SettingsFile file, String key, @Nullable Object text) {
    try {
      return new NetworkId(UUID.fromString(String.valueOf(text)));
    } catch (IllegalArgumentException e) {
      throw file.bad(key, String.valueOf(text), "ids of networks", e);
    }
  }

  private static Barbican barbican(SettingsFile file) {
    return new Barbican(
        file.url("secret.url", Optional.empty()).orElse(null),
        file.seconds("secret.cache", Duration.ofMinutes(5)));
  }
}
