package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;

import agrippa.control.Attributes.OfListener;
import agrippa.control.Patch;
import agrippa.control.Refusal;
import agrippa.model.Listener;
import agrippa.model.ListenerProtocol;
import agrippa.model.ListenerTls;
import agrippa.model.ListenerTls.ClientAuthentication;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// TLS of listeners.
final class ListenerTlsRules {
  private final Terms terms;
  private final Certificates certificates;
  private final TlsParameters parameters;

  ListenerTlsRules(Terms terms) {
    this.terms = terms;
    this.certificates = new Certificates(terms.world());
    this.parameters = new TlsParameters(terms.settings().tls());
  }

  /// Checks the references of a new listener.
  void requireReferences(ListenerProtocol protocol, OfListener given) {
    var keyPairs = keyPairs(given);
    var authorities = given.clientCa().value();
    requireStream(protocol, keyPairs, given, "%s protocol listener does not support TLS.");
    requireAllowed(protocol, keyPairs);
    requireCapable(protocol, keyPairs);
    if (authorities != null && keyPairs.isEmpty()) {
      throw invalid(
          "An SNI or default certificate container reference must be provided with a client CA"
              + " container reference.");
    }
    if (protocol == ListenerProtocol.TERMINATED_HTTPS && keyPairs.isEmpty()) {
      throw invalid(
          "An SNI or default certificate container reference must be provided for"
              + " TERMINATED_HTTPS protocol listeners.");
    }
    requireClientAuthentication(given.clientAuthentication(), authorities);
    requireRevocations(authorities, given.clientCrl().value());
    certificates.requireKeyPairs(keyPairs);
    if (authorities != null) {
      certificates.requireAuthorities(authorities, given.clientCrl().value());
    }
  }

  /// Checks the references that an update gives, together with those that stay.
  void requireReferences(Listener old, OfListener given) {
    var keyPairs = keyPairs(given);
    var authorities = given.clientCa().orNull(old.tls().clientCa());
    var revocations = given.clientCrl().orNull(old.tls().clientCrl());
    requireStream(
        old.protocol(),
        keyPairs,
        given,
        "%s protocol listener does not support TLS or header insertion.");
    requireCapable(old.protocol(), keyPairs);
    if (given.clientCa().value() != null
        && keyPairs.isEmpty()
        && old.tls().defaultContainer() == null
        && old.tls().sniContainers().isEmpty()) {
      throw invalid(
          "An SNI or default certificate container reference must be provided with a client CA"
              + " container reference.");
    }
    requireClientAuthentication(given.clientAuthentication(), authorities);
    requireRevocations(authorities, revocations);
    certificates.requireKeyPairs(keyPairs);
    boolean touched = given.clientCa().value() != null || given.clientCrl().value() != null;
    if (authorities != null && touched) {
      certificates.requireAuthorities(authorities, revocations);
    }
  }

  private static List<String> keyPairs(OfListener given) {
    var references = new ArrayList<>(given.sniContainers().over(List.of(), List.of()));
    var standard = given.defaultTlsContainer().value();
    if (standard != null) {
      references.add(standard);
    }
    return references;
  }

  private static void requireStream(
      ListenerProtocol protocol, List<String> keyPairs, OfListener given, String complaint) {
    boolean tls =
        !keyPairs.isEmpty()
            || given.clientCa().value() != null
            || given.clientCrl().value() != null;
    if (Protocols.datagrams(protocol) && tls) {
      throw invalid(complaint.formatted(protocol));
    }
  }

  private void requireAllowed(ListenerProtocol protocol, List<String> keyPairs) {
    var allowed = terms.settings().allowed();
    boolean prometheus = protocol == ListenerProtocol.PROMETHEUS;
    if (!allowed.terminatedTls() && protocol == ListenerProtocol.TERMINATED_HTTPS) {
      throw new RefusedException(new Refusal.NotAllowed("protocol", protocol.name()));
    }
    if (!allowed.terminatedTls() && prometheus && !keyPairs.isEmpty()) {
      throw new RefusedException(new Refusal.NotAllowed("protocol", "PROMETHEUS with TLS"));
    }
    if (!allowed.prometheus() && prometheus) {
      throw new RefusedException(new Refusal.NotAllowed("protocol", protocol.name()));
    }
  }

  private static void requireCapable(ListenerProtocol protocol, List<String> keyPairs) {
    if (!keyPairs.isEmpty() && !capable(protocol)) {
      throw invalid(
          "Certificate container references are not allowed on %s protocol listeners."
              .formatted(protocol));
    }
  }

  private static boolean capable(ListenerProtocol protocol) {
    return protocol == ListenerProtocol.TERMINATED_HTTPS || protocol == ListenerProtocol.PROMETHEUS;
  }

  private static void requireClientAuthentication(
      Patch<ClientAuthentication> given, @Nullable String authorities) {
    var asked = given.over(ClientAuthentication.NONE, ClientAuthentication.NONE);
    if (asked != ClientAuthentication.NONE && authorities == null) {
      throw invalid(
          "Client authentication setting %s requires a client CA container reference."
              .formatted(asked));
    }
  }

  private static void requireRevocations(
      @Nullable String authorities, @Nullable String revocations) {
    if (revocations != null && authorities == null) {
      throw invalid(
          "A client authentication CA reference is required to specify a client authentication"
              + " revocation list.");
    }
  }

  /// Checks ciphers, versions, ALPN and HSTS of a new listener.
  void requireParameters(ListenerProtocol protocol, OfListener given) {
    boolean offload =
        protocol == ListenerProtocol.TERMINATED_HTTPS
            || (protocol == ListenerProtocol.PROMETHEUS && !keyPairs(given).isEmpty());
    if (offload) {
      parameters.require(given.tlsCiphers(), given.tlsVersions(), given.alpnProtocols());
    }
    if (strict(given) && given.hstsMaxAge().value() == null) {
      throw invalid(
          "HSTS configuration options hsts_include_subdomains and hsts_preload only make sense if"
              + " hsts_max_age is set as well.");
    }
    requireHstsCapable(protocol, given);
  }

  /// Checks ciphers, versions, ALPN and HSTS that an update gives.
  void requireParameters(Listener old, OfListener given) {
    parameters.require(given.tlsCiphers(), given.tlsVersions(), given.alpnProtocols());
    boolean aged = given.hstsMaxAge().value() != null || old.tls().hstsMaxAge() != null;
    if (strict(given) && !aged) {
      throw invalid(
          "Cannot enable hsts_include_subdomains or hsts_preload if hsts_max_age was not set as"
              + " well.");
    }
    requireHstsCapable(old.protocol(), given);
  }

  private static boolean strict(OfListener given) {
    return Boolean.TRUE.equals(given.hstsIncludeSubdomains().value())
        || Boolean.TRUE.equals(given.hstsPreload().value());
  }

  private static void requireHstsCapable(ListenerProtocol protocol, OfListener given) {
    if (given.hstsMaxAge().value() != null && protocol != ListenerProtocol.TERMINATED_HTTPS) {
      throw invalid(
          "The HSTS feature can only be used for listeners using the TERMINATED_HTTPS protocol.");
    }
  }

  /// The settings of a new listener. Only one that terminates TLS has defaults.
  ListenerTls create(ListenerProtocol protocol, OfListener given) {
    var settings = terms.settings().tls();
    boolean terminated = protocol == ListenerProtocol.TERMINATED_HTTPS;
    var ciphers = given.tlsCiphers().value();
    var versions = given.tlsVersions().value();
    var alpn = given.alpnProtocols().value();
    return new ListenerTls(
        given.defaultTlsContainer().value(),
        given.sniContainers().over(List.of(), List.of()),
        given.clientCa().value(),
        given.clientAuthentication().over(ClientAuthentication.NONE, ClientAuthentication.NONE),
        given.clientCrl().value(),
        ciphers == null && terminated ? settings.ciphers() : ciphers,
        versions == null && terminated ? settings.versions() : versions,
        alpn == null && terminated ? settings.alpn() : alpn,
        given.hstsMaxAge().value(),
        given.hstsIncludeSubdomains().over(false, false),
        given.hstsPreload().over(false, false));
  }

  /// The settings after an update. A null brings the defaults back, whatever the protocol.
  ListenerTls update(ListenerTls old, OfListener given) {
    var settings = terms.settings().tls();
    return new ListenerTls(
        given.defaultTlsContainer().orNull(old.defaultContainer()),
        given.sniContainers().over(old.sniContainers(), List.of()),
        given.clientCa().orNull(old.clientCa()),
        given.clientAuthentication().over(old.clientAuthentication(), ClientAuthentication.NONE),
        given.clientCrl().orNull(old.clientCrl()),
        withDefault(given.tlsCiphers(), old.ciphers(), settings.ciphers()),
        withDefault(given.tlsVersions(), old.versions(), settings.versions()),
        withDefault(given.alpnProtocols(), old.alpn(), settings.alpn()),
        given.hstsMaxAge().orNull(old.hstsMaxAge()),
        given.hstsIncludeSubdomains().over(old.hstsIncludeSubdomains(), false),
        given.hstsPreload().over(old.hstsPreload(), false));
  }

  static <T> @Nullable T withDefault(Patch<T> given, @Nullable T current, T standard) {
    return given instanceof Patch.Reset<T>() ? standard : given.orNull(current);
  }
}
