package agrippa.provider.builtin;

import agrippa.control.spi.Capability;
import agrippa.provider.builtin.Extension.Place;
import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.FrontendOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// All extensions; `docs/extensions.md` describes each with an example.
final class Extensions {
  static final Extension<Boolean> H2C =
      Extension.of(
          "h2c",
          Place.POOL,
          "Whether members of HTTP pools without TLS are asked in HTTP/2.",
          "true or false",
          Extension::flag);

  static final Extension<Duration> TUNNEL_TIMEOUT =
      Extension.of(
          "tunnel_timeout",
          Place.LISTENER,
          "Longest silence of connections that are relayed as they are, in seconds.",
          "a number of seconds from 1 to 604800",
          Extension.seconds(604_800));

  static final Extension<List<String>> ACCEPT_PROXY =
      Extension.onlyOf(
          "accept_proxy",
          Place.LISTENER,
          8,
          "Networks of proxies in front, which tell of clients by the PROXY protocol.",
          "CIDRs such as 192.0.2.0/24 or 2001:db8::1, with commas between them",
          Extensions::networks);

  static final Extension<Boolean> PROXY_TLVS =
      Extension.of(
          "proxy_tlvs",
          Place.POOL,
          "Whether PROXYV2 headers to members tell all that is known of a client's TLS.",
          "true or false",
          Extension::flag);

  static final Extension<FrontendOptions.Path> L4 =
      Extension.ofFlavor(
          "l4",
          "Who passes on what TCP and UDP listeners take, where both can.",
          "proxy or kernel",
          Extension.oneOf(FrontendOptions.Path.class));

  static final List<Extension<?>> ALL =
      Stream.of(
              List.of(H2C, TUNNEL_TIMEOUT, ACCEPT_PROXY, PROXY_TLVS, L4),
              BalancingExtensions.ALL,
              ListenerExtensions.ALL,
              WatchingExtensions.ALL)
          .<Extension<?>>flatMap(List::stream)
          .toList();

  private Extensions() {}

  private static Optional<List<String>> networks(String value) {
    List<String> networks = List.of(value.split(",", -1));
    return networks.stream().allMatch(Extensions::network)
        ? Optional.of(networks)
        : Optional.empty();
  }

  /// The JDK's parser would take a single number, too, and names of interfaces.
  private static boolean network(String text) {
    if (!text.matches("([0-9]{1,3}(\\.[0-9]{1,3}){3}|(?=.*:)[0-9a-fA-F:.]+)(/[0-9]{1,3})?")) {
      return false;
    }
    try {
      Cidr.parse(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// What profiles of flavors may say.
  static Stream<Capability> capabilities() {
    return ALL.stream().filter(Extension::byFlavor).map(Extensions::capability);
  }

  private static Capability capability(Extension<?> it) {
    return new Capability(
        it.key(),
        it.description(),
        new Capability.Type.Written(it.form(), value -> it.read(value).isPresent()));
  }
}
