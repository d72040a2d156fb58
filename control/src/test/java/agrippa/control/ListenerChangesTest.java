package agrippa.control;

import static agrippa.control.testing.Requests.listener;
import static agrippa.model.ListenerProtocol.HTTP;
import static agrippa.model.ListenerProtocol.HTTPS;
import static agrippa.model.ListenerProtocol.PROMETHEUS;
import static agrippa.model.ListenerProtocol.SCTP;
import static agrippa.model.ListenerProtocol.TCP;
import static agrippa.model.ListenerProtocol.TERMINATED_HTTPS;
import static agrippa.model.ListenerProtocol.UDP;
import static agrippa.model.ProvisioningStatus.ACTIVE;
import static agrippa.model.ProvisioningStatus.PENDING_CREATE;
import static agrippa.model.ProvisioningStatus.PENDING_DELETE;
import static agrippa.model.ProvisioningStatus.PENDING_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.Refusal.Invalid;
import agrippa.control.Refusal.InvalidOption;
import agrippa.control.spi.Secrets.Lookup;
import agrippa.control.testing.Requests;
import agrippa.control.testing.TestCertificates;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.ListenerTimeouts;
import agrippa.model.ListenerTls;
import agrippa.model.ListenerTls.ClientAuthentication;
import agrippa.model.LoadBalancerId;
import agrippa.model.OperatingStatus;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ListenerChangesTest {
  private final Rig rig = new Rig();
  private final LoadBalancerId loadBalancer = rig.newLoadBalancer();

  private Change.CreateListener create(
      ListenerProtocol protocol, int port, Object... namesAndValues) {
    return new Change.CreateListener(loadBalancer, protocol, port, listener(namesAndValues));
  }

  private Change.UpdateListener update(ListenerId id, Object... namesAndValues) {
    return new Change.UpdateListener(id, listener(namesAndValues));
  }

  private void refusedAsInvalid(Change change, String detail) {
    assertThat(rig.refused(change)).isEqualTo(new Invalid(detail));
  }

  @Test
  void newOnesHaveOctaviasDefaults() {
    var made = rig.listener(rig.newListener(loadBalancer, HTTP, 80));
    assertThat(made.connectionLimit()).isEqualTo(-1);
    assertThat(made.timeouts()).isEqualTo(ListenerTimeouts.DEFAULT);
    assertThat(made.tls()).isEqualTo(ListenerTls.NONE);
    assertThat(made.insertHeaders()).isEmpty();
    assertThat(made.allowedCidrs()).isEmpty();
    assertThat(made.defaultPool()).isNull();
  }

  @Test
  void theLoadBalancerIsPendingAlong() {
    var id = new ListenerId(rig.accepted(create(HTTP, 80)));
    assertThat(rig.listener(id).lifecycle().provisioning()).isEqualTo(PENDING_CREATE);
    assertThat(rig.loadBalancer(loadBalancer).lifecycle().provisioning()).isEqualTo(PENDING_UPDATE);
    rig.tasks.settle();
    assertThat(rig.listener(id).lifecycle().provisioning()).isEqualTo(ACTIVE);
    assertThat(rig.listener(id).lifecycle().operating()).isEqualTo(OperatingStatus.ONLINE);

    rig.accepted(update(id));
    assertThat(rig.listener(id).lifecycle().provisioning()).isEqualTo(PENDING_UPDATE);
    rig.tasks.settle();

    rig.accepted(new Change.DeleteListener(id));
    assertThat(rig.listener(id).lifecycle().provisioning()).isEqualTo(PENDING_DELETE);
    rig.tasks.settle();
    assertThat(rig.plane.inventory().treeOf(id)).isEmpty();
    assertThat(rig.loadBalancer(loadBalancer).lifecycle().provisioning()).isEqualTo(ACTIVE);
  }

  @Test
  void aLoadBalancerAtWorkIsImmutable() {
    rig.accepted(create(HTTP, 80));
    assertThat(rig.refused(create(HTTP, 81)))
        .isEqualTo(new Refusal.Immutable(Kind.LOAD_BALANCER, loadBalancer.toString()));
  }

  @Test
  void whatDoesNotHangOnTheStateIsToldAtOnce() {
    rig.accepted(create(HTTP, 80));
    var pool = new PoolId(UUID.randomUUID());
    assertThat(rig.refused(create(HTTP, 81, "defaultPool", pool)))
        .isEqualTo(new Refusal.NotFound(Kind.POOL, pool.toString()));
  }

  @Test
  void portsAreTakenPerTransport() {
    rig.done(create(HTTP, 80));
    assertThat(rig.refused(create(TCP, 80))).isEqualTo(new Refusal.DuplicateListener(HTTP, 80));
    assertThat(rig.refused(create(PROMETHEUS, 80)))
        .isEqualTo(new Refusal.DuplicateListener(HTTP, 80));
    rig.done(create(UDP, 80));
    rig.done(create(SCTP, 80));
    assertThat(rig.refused(create(UDP, 80))).isEqualTo(new Refusal.DuplicateListener(UDP, 80));
    rig.done(create(TCP, 81));
  }

  @Test
  void defaultPoolsMustBeOfTheSameLoadBalancer() {
    var elsewhere = rig.newPool(rig.newLoadBalancer(), PoolProtocol.HTTP);
    assertThat(rig.refused(create(HTTP, 80, "defaultPool", elsewhere)))
        .isEqualTo(new Refusal.NotFound(Kind.POOL, elsewhere.toString()));
  }

  @Test
  void protocolsMustGoTogether() {
    var fitting =
        Map.of(
            TCP, "HTTP HTTPS PROXY PROXYV2 TCP",
            HTTP, "HTTP PROXY PROXYV2",
            HTTPS, "HTTPS PROXY PROXYV2 TCP",
            UDP, "UDP",
            SCTP, "SCTP");
    for (var protocol : PoolProtocol.values()) {
      var pool = rig.newPool(loadBalancer, protocol);
      fitting.forEach(
          (from, pools) -> {
            var change =
                create(from, 4000 + 10 * from.ordinal() + protocol.ordinal(), "defaultPool", pool);
            if (Set.of(pools.split(" ")).contains(protocol.name())) {
              rig.done(change);
            } else {
              refusedAsInvalid(
                  change,
                  "The pool protocol '%s' is invalid while the listener protocol is '%s'."
                      .formatted(protocol, from));
            }
          });
      assertThat(rig.refused(create(PROMETHEUS, 9, "defaultPool", pool)))
          .isEqualTo(new Refusal.PrometheusHasNoChildren());
    }
  }

  @Test
  void aNullDetachesTheDefaultPool() {
    var pool = rig.newPool(loadBalancer, PoolProtocol.HTTP);
    var id = new ListenerId(rig.done(create(HTTP, 80, "defaultPool", pool)));
    assertThat(rig.listener(id).defaultPool()).isEqualTo(pool);
    rig.done(update(id, "connectionLimit", 5));
    assertThat(rig.listener(id).defaultPool()).isEqualTo(pool);
    rig.done(update(id, "defaultPool", null, "connectionLimit", null));
    assertThat(rig.listener(id).defaultPool()).isNull();
    assertThat(rig.listener(id).connectionLimit()).isEqualTo(-1);
  }

  @Nested
  class Headers {
    @Test
    void fitTheProtocol() {
      var forwarded = Map.of("X-Forwarded-For", "true");
      assertThat(rig.refused(create(TCP, 80, "insertHeaders", forwarded)))
          .isEqualTo(new InvalidOption("insert-headers", "a TCP protocol listener."));
      assertThat(rig.refused(create(HTTP, 80, "insertHeaders", Map.of("X-Foo", "true"))))
          .isEqualTo(new InvalidOption("['X-Foo']", "insert_headers"));
      assertThat(rig.refused(create(HTTP, 80, "insertHeaders", Map.of("X-SSL-Client-DN", "true"))))
          .isEqualTo(new InvalidOption("['X-SSL-Client-DN']", "HTTP protocol listener."));
      var id = new ListenerId(rig.done(create(HTTP, 80, "insertHeaders", forwarded)));
      assertThat(rig.listener(id).insertHeaders()).isEqualTo(forwarded);
      assertThat(rig.refused(update(id, "insertHeaders", Map.of("X-Foo", "true"))))
          .isEqualTo(new InvalidOption("['X-Foo']", "insert_headers"));
      rig.done(update(id, "insertHeaders", null));
      assertThat(rig.listener(id).insertHeaders()).isEmpty();
    }
  }

  @Nested
  class AllowedCidrs {
    @Test
    void areKeptInCanonicalFormAndInOrder() {
      var given = List.of("10.1.2.3/8", "10.9.9.9", "10.0.0.0/8", "192.0.2.7/255.255.255.0");
      var id = new ListenerId(rig.done(create(HTTP, 80, "allowedCidrs", given)));
      assertThat(rig.listener(id).allowedCidrs())
          .containsExactly("10.0.0.0/8", "10.9.9.9/32", "192.0.2.0/24");
      rig.done(update(id, "allowedCidrs", null));
      assertThat(rig.listener(id).allowedCidrs()).isEmpty();
    }

    @Test
    void areOfAVipsFamily() {
      var vip = rig.loadBalancer(loadBalancer).vip().address();
      refusedAsInvalid(
          create(HTTP, 80, "allowedCidrs", List.of("2001:DB8:0::1/32")),
          "CIDR 2001:db8::/32 IP version incompatible with all VIPs ['%s'] IP version."
              .formatted(vip));
    }

    @Test
    void excludeOwnSecurityGroups() {
      var group = rig.networks.securityGroup();
      rig.done(
          new Change.UpdateLoadBalancer(
              loadBalancer, Requests.loadBalancer("vipSecurityGroups", List.of(group))));
      refusedAsInvalid(
          create(HTTP, 80, "allowedCidrs", List.of("10.0.0.0/8")),
          "Allowed CIDRs are not allowed when using custom VIP Security Groups.");
    }
  }

  @Nested
  class Tls {
    private final TestCertificates site = TestCertificates.selfSigned("CN=site");
    private final TestCertificates authority = TestCertificates.selfSigned("CN=ca");

    Tls() {
      rig.secrets.keyPair("site", new Lookup.Found<>(site.keyPair()));
      rig.secrets.authorities("ca", new Lookup.Found<>(List.of(authority.certificate())));
      rig.secrets.revocations("crl", new Lookup.Found<>(List.of(authority.revocations())));
      rig.secrets.revocations("alien", new Lookup.Found<>(List.of(site.revocations())));
    }

    @Test
    void hasDefaultsWhereItIsTerminated() {
      var id = terminated();
      var tls = rig.listener(id).tls();
      assertThat(tls.versions()).containsExactly("TLSv1.2", "TLSv1.3");
      assertThat(tls.alpn()).containsExactly("h2", "http/1.1", "http/1.0");
      assertThat(tls.ciphers()).startsWith("TLS_AES_128_GCM_SHA256:");
      rig.done(update(id, "tlsVersions", List.of("TLSv1.3"), "tlsCiphers", "A:B"));
      assertThat(rig.listener(id).tls().versions()).containsExactly("TLSv1.3");
      rig.done(update(id, "tlsVersions", null, "tlsCiphers", null));
      assertThat(rig.listener(id).tls()).isEqualTo(tls);
    }

    private ListenerId terminated() {
      return new ListenerId(rig.done(create(TERMINATED_HTTPS, 443, "defaultTlsContainer", "site")));
    }

    @Test
    void needsCertificatesWhereItIsTerminatedAndAllowsThemNowhereElse() {
      refusedAsInvalid(
          create(TERMINATED_HTTPS, 443),
          "An SNI or default certificate container reference must be provided for"
              + " TERMINATED_HTTPS protocol listeners.");
      refusedAsInvalid(
          create(HTTP, 443, "sniContainers", List.of("site")),
          "Certificate container references are not allowed on HTTP protocol listeners.");
      refusedAsInvalid(
          create(UDP, 443, "defaultTlsContainer", "site"),
          "UDP protocol listener does not support TLS.");
      rig.done(create(PROMETHEUS, 9443, "defaultTlsContainer", "site"));
      rig.done(create(TERMINATED_HTTPS, 443, "sniContainers", List.of("site")));
    }

    @Test
    void tellsOfAllUnreadableReferencesAtOnce() {
      var change =
          create(
              TERMINATED_HTTPS,
              443,
              "sniContainers",
              List.of("x", "site", "y"),
              "defaultTlsContainer",
              "z");
      assertThat(rig.refused(change))
          .isEqualTo(new Refusal.CertificatesUnreadable(List.of("x", "y", "z")));
    }

    @Test
    void refusesWhatCannotBeUsed() {
      rig.secrets.keyPair("locked", new Lookup.Unreadable<>(true, "a pass phrase"));
      assertThat(rig.refused(create(TERMINATED_HTTPS, 443, "defaultTlsContainer", "locked")))
          .isEqualTo(new Refusal.BundleUnreadable("a pass phrase"));
      var nameless = TestCertificates.selfSigned("O=Nobody\\, CN=x");
      rig.secrets.keyPair("nameless", new Lookup.Found<>(nameless.keyPair()));
      assertThat(rig.refused(create(TERMINATED_HTTPS, 443, "defaultTlsContainer", "nameless")))
          .isEqualTo(new Refusal.CertificateWithoutNames());
      var dns = TestCertificates.selfSigned("O=Nobody", "a.example.org");
      rig.secrets.keyPair("dns", new Lookup.Found<>(dns.keyPair()));
      rig.done(create(TERMINATED_HTTPS, 443, "defaultTlsContainer", "dns"));
    }

    @Test
    void clientAuthenticationNeedsAnAuthority() {
      refusedAsInvalid(
          create(
              TERMINATED_HTTPS,
              443,
              "defaultTlsContainer",
              "site",
              "clientAuthentication",
              ClientAuthentication.MANDATORY),
          "Client authentication setting MANDATORY requires a client CA container reference.");
      refusedAsInvalid(
          create(TERMINATED_HTTPS, 443, "defaultTlsContainer", "site", "clientCrl", "crl"),
          "A client authentication CA reference is required to specify a client authentication"
              + " revocation list.");
      refusedAsInvalid(
          create(HTTP, 80, "clientCa", "ca"),
          "An SNI or default certificate container reference must be provided with a client CA"
              + " container reference.");
    }

    @Test
    void revocationsAreTheAuthoritys() {
      var id = terminated();
      rig.done(update(id, "clientCa", "ca", "clientAuthentication", ClientAuthentication.OPTIONAL));
      // The authority that was stored before counts.
      refusedAsInvalid(
          update(id, "clientCrl", "alien"),
          "The CRL specified is not valid for client certificate authority reference supplied.");
      rig.done(update(id, "clientCrl", "crl"));
      assertThat(rig.listener(id).tls().clientCrl()).isEqualTo("crl");
      refusedAsInvalid(
          update(id, "clientCa", null),
          "A client authentication CA reference is required to specify a client authentication"
              + " revocation list.");
    }

    @Test
    void ciphersAndVersionsHaveRules() {
      refusedAsInvalid(
          terminated("tlsCiphers", "A B"),
          "Invalid characters in cipher string. Only alphanumeric, -, +, !, :, @, =, _, and . are"
              + " allowed.");
      refusedAsInvalid(
          terminated("tlsVersions", List.of()),
          "Empty TLS version list. Either specify at least one TLS version or remove this"
              + " parameter to use the default.");
      refusedAsInvalid(
          terminated("tlsVersions", List.of("TLSv1.2", "foo")), "Invalid TLS versions: foo");
      refusedAsInvalid(
          terminated("alpnProtocols", List.of()),
          "Empty ALPN protocol list. Either specify at least one ALPN protocol or remove this"
              + " parameter to use the default.");
    }

    private Change terminated(String name, Object value) {
      return create(TERMINATED_HTTPS, 443, "defaultTlsContainer", "site", name, value);
    }

    @Test
    void strictTransportSecurityNeedsAnAgeAndTls() {
      refusedAsInvalid(
          terminated("hstsPreload", true),
          "HSTS configuration options hsts_include_subdomains and hsts_preload only make sense if"
              + " hsts_max_age is set as well.");
      refusedAsInvalid(
          create(HTTP, 80, "hstsMaxAge", 5),
          "The HSTS feature can only be used for listeners using the TERMINATED_HTTPS protocol.");
      // As Tempest creates plain listeners.
      rig.done(
          create(
              HTTP, 80, "hstsMaxAge", null, "hstsIncludeSubdomains", false, "hstsPreload", false));
      var id = terminated();
      refusedAsInvalid(
          update(id, "hstsPreload", true),
          "Cannot enable hsts_include_subdomains or hsts_preload if hsts_max_age was not set as"
              + " well.");
      rig.done(update(id, "hstsMaxAge", 5));
      rig.done(update(id, "hstsPreload", true));
      assertThat(rig.listener(id).tls().hstsPreload()).isTrue();
    }
  }

  @Test
  void operatorsMaySwitchProtocolsOff() {
    var strict =
        new Rig(ControlSettings.DEFAULT.with(new ControlSettings.Allowed(false, false, false)));
    var id = strict.newLoadBalancer();
    assertThat(
            strict.refused(
                new Change.CreateListener(id, TERMINATED_HTTPS, 443, Requests.listener())))
        .isEqualTo(new Refusal.NotAllowed("protocol", "TERMINATED_HTTPS"));
    assertThat(strict.refused(new Change.CreateListener(id, PROMETHEUS, 9, Requests.listener())))
        .isEqualTo(new Refusal.NotAllowed("protocol", "PROMETHEUS"));
  }

  @Test
  void operatorsMayProhibitCiphersAndOldVersions() {
    var standard = ControlSettings.Tls.DEFAULT;
    var strict =
        new Rig(
            ControlSettings.DEFAULT.with(
                new ControlSettings.Tls(
                    standard.ciphers(),
                    standard.versions(),
                    standard.alpn(),
                    "TLSv1.2",
                    Set.of("BAD", "WORSE"))));
    strict.secrets.keyPair(
        "site", new Lookup.Found<>(TestCertificates.selfSigned("CN=site").keyPair()));
    var id = strict.newLoadBalancer();
    assertThat(
            strict.refused(
                new Change.CreateListener(
                    id,
                    TERMINATED_HTTPS,
                    443,
                    listener("defaultTlsContainer", "site", "tlsCiphers", "GOOD:WORSE:BAD"))))
        .isEqualTo(
            new Invalid(
                "The following ciphers have been prohibited by an administrator: WORSE, BAD"));
    assertThat(
            strict.refused(
                new Change.CreateListener(
                    id,
                    TERMINATED_HTTPS,
                    443,
                    listener(
                        "defaultTlsContainer",
                        "site",
                        "tlsVersions",
                        List.of("TLSv1", "TLSv1.3")))))
        .isEqualTo(
            new Invalid("Requested TLS versions are less than the minimum: TLSv1 < TLSv1.2"));
  }
}
