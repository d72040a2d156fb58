package agrippa.provider.builtin;

import agrippa.control.spi.Capability;
import agrippa.provider.builtin.Extension.Place;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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
          seconds(604_800));

  static final Extension<Hashing> HASH =
      Extension.of(
          "hash",
          Place.POOL,
          "How pools of SOURCE_IP and SOURCE_IP_PORT spread clients over members.",
          "standard or maglev",
          Extension.oneOf(Hashing.class));

  static final List<Extension<?>> ALL = List.of(H2C, HASH, TUNNEL_TIMEOUT);

  /// How clients are spread over members by a hash.
  enum Hashing {
    STANDARD,
    /// A member that comes or goes moves hardly any client of others.
    MAGLEV
  }

  private Extensions() {}

  private static Function<String, Optional<Duration>> seconds(int most) {
    return value -> Extension.number(1, most).apply(value).map(Duration::ofSeconds);
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
