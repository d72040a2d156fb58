package agrippa.control;

import static agrippa.control.testing.Requests.member;
import static agrippa.control.testing.Requests.persistence;
import static agrippa.control.testing.Requests.pool;
import static agrippa.control.testing.Requests.poolUpdate;
import static agrippa.model.ListenerProtocol.HTTP;
import static agrippa.model.ProvisioningStatus.ACTIVE;
import static agrippa.model.ProvisioningStatus.ERROR;
import static agrippa.model.ProvisioningStatus.PENDING_CREATE;
import static agrippa.model.ProvisioningStatus.PENDING_DELETE;
import static agrippa.model.ProvisioningStatus.PENDING_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.Refusal.Invalid;
import agrippa.control.spi.Secrets.Lookup;
import agrippa.control.testing.Requests;
import agrippa.control.testing.TestCertificates;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.Member;
import agrippa.model.MemberId;
import agrippa.model.MonitorType;
import agrippa.model.OperatingStatus;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import agrippa.model.SessionPersistence;
import agrippa.model.SubnetId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PoolChangesTest {
  private final Rig rig = new Rig();
  private final LoadBalancerId loadBalancer = rig.newLoadBalancer();

  private void refusedAsInvalid(Change change, String detail) {
    assertThat(rig.refused(change)).isEqualTo(new Invalid(detail));
  }

  private Change.CreatePool create(PoolProtocol protocol, Object... namesAndValues) {
    return new Change.CreatePool(loadBalancer, null, protocol, pool(namesAndValues));
  }

  private Change.UpdatePool update(PoolId id, Object... namesAndValues) {
    return new Change.UpdatePool(id, poolUpdate(namesAndValues));
  }

  @Test
  void aPoolOfAListenerIsItsDefault() {
    var listener = rig.newListener(loadBalancer, HTTP, 80);
    var id =
        new PoolId(rig.accepted(new Change.CreatePool(null, listener, PoolProtocol.HTTP, pool())));
    assertThat(rig.pool(id).lifecycle().provisioning()).isEqualTo(PENDING_CREATE);
    assertThat(rig.listener(listener).lifecycle().provisioning()).isEqualTo(PENDING_UPDATE);
    rig.tasks.settle();
    assertThat(rig.listener(listener).defaultPool()).isEqualTo(id);
    assertThat(rig.pool(id).lifecycle().operating()).isEqualTo(OperatingStatus.ONLINE);
    assertThat(rig.refused(new Change.CreatePool(null, listener, PoolProtocol.HTTP, pool())))
        .isEqualTo(new Refusal.DuplicateDefaultPool());
  }

  @Test
  void aPoolNeedsAPlace() {
    refusedAsInvalid(
        new Change.CreatePool(null, null, PoolProtocol.HTTP, pool()),
        "Must provide at least one of: loadbalancer_id, listener_id");
    var nobody = new ListenerId(UUID.randomUUID());
    assertThat(rig.refused(new Change.CreatePool(null, nobody, PoolProtocol.HTTP, pool())))
        .isEqualTo(new Refusal.NotFound(Kind.LISTENER, nobody.toString()));
    assertThat(rig.refused(new Change.CreatePool(loadBalancer, nobody, PoolProtocol.HTTP, pool())))
        .isEqualTo(new Refusal.NotFound(Kind.LISTENER, nobody.toString()));
  }

  @Test
  void theListenersProtocolCountsIfThePoolIsFoundByIt() {
    var listener = rig.newListener(loadBalancer, HTTP, 80);
    refusedAsInvalid(
        new Change.CreatePool(null, listener, PoolProtocol.TCP, pool()),
        "The pool protocol 'TCP' is invalid while the listener protocol is 'HTTP'.");
  }

  @Test
  void deletingLeavesTheListenerWithoutDefault() {
    var listener = rig.newListener(loadBalancer, HTTP, 80);
    var id = rig.newPool(listener, PoolProtocol.HTTP);
    rig.accepted(new Change.DeletePool(id));
    assertThat(rig.pool(id).lifecycle().provisioning()).isEqualTo(PENDING_DELETE);
    assertThat(rig.listener(listener).lifecycle().provisioning()).isEqualTo(PENDING_UPDATE);
    rig.tasks.settle();
    assertThat(rig.plane.inventory().treeOf(id)).isEmpty();
    assertThat(rig.listener(listener).defaultPool()).isNull();
    assertThat(rig.listener(listener).lifecycle().provisioning()).isEqualTo(ACTIVE);
  }

  @Test
  void aPoolThatAPolicyUsesStays() {
    var listener = rig.newListener(loadBalancer, HTTP, 80);
    var id = rig.newPool(loadBalancer, PoolProtocol.HTTP);
    var policy = rig.newPolicy(listener, "action", "REDIRECT_TO_POOL", "redirectPool", id);
    assertThat(rig.refused(new Change.DeletePool(id)))
        .isEqualTo(new Refusal.PoolInUse(id.toString(), policy.toString()));
    rig.done(new Change.DeleteL7Policy(policy));
    rig.done(new Change.DeletePool(id));
  }

  @Nested
  class Persistence {
    @Test
    void hasRules() {
      refusedAsInvalid(
          with("type", "SOURCE_IP", "cookieName", "c"),
          "Field \"cookie_name\" can only be specified with session persistence of type"
              + " \"APP_COOKIE\".");
      refusedAsInvalid(
          with("type", "APP_COOKIE"),
          "Field \"cookie_name\" must be specified when using the \"APP_COOKIE\" session"
              + " persistence type.");
      refusedAsInvalid(with("cookieName", "c"), "Invalid session_persistence provided.");
      refusedAsInvalid(with("type", "MAGIC"), "Invalid session_persistence provided.");
      refusedAsInvalid(
          with("type", "SOURCE_IP", "persistenceTimeout", 5),
          "persistence_timeout and persistence_granularity is only for UDP and SCTP protocol"
              + " pools.");
      for (var bad : "\u0001 \"(),/:;<=>?@[\\]{}\u007f".split("")) {
        refusedAsInvalid(
            with("type", "APP_COOKIE", "cookieName", "a" + bad + "b"),
            "Supplied \"cookie_name\" is invalid.");
      }
    }

    private Change with(Object... namesAndValues) {
      return create(PoolProtocol.HTTP, "persistence", persistence(namesAndValues));
    }

    @Test
    void isDifferentWithoutConnections() {
      refusedAsInvalid(
          withoutConnections("type", "HTTP_COOKIE"),
          "Session persistence of type HTTP_COOKIE is not supported for UDP/SCTP protocol pools.");
      refusedAsInvalid(
          withoutConnections("type", "APP_COOKIE", "cookieName", "c"),
          "Cookie names are not supported for UDP/SCTP pools.");
      var id =
          new PoolId(
              rig.done(
                  withoutConnections(
                      "type",
                      "SOURCE_IP",
                      "persistenceTimeout",
                      5,
                      "persistenceGranularity",
                      "255.255.0.0")));
      assertThat(rig.pool(id).persistence())
          .isEqualTo(new SessionPersistence.SourceIp(5, "255.255.0.0"));
      rig.done(update(id, "persistence", persistence("persistenceTimeout", 9)));
      assertThat(rig.pool(id).persistence())
          .isEqualTo(new SessionPersistence.SourceIp(9, "255.255.0.0"));
    }

    private Change withoutConnections(Object... namesAndValues) {
      return create(PoolProtocol.UDP, "persistence", persistence(namesAndValues));
    }

    @Test
    void isMergedWithWhatIsStored() {
      var id = new PoolId(rig.done(with("type", "APP_COOKIE", "cookieName", "one")));
      rig.done(update(id, "persistence", persistence("cookieName", "two")));
      assertThat(rig.pool(id).persistence()).isEqualTo(new SessionPersistence.AppCookie("two"));
      rig.done(update(id, "persistence", persistence("type", "HTTP_COOKIE")));
      assertThat(rig.pool(id).persistence()).isEqualTo(new SessionPersistence.HttpCookie());
      rig.done(update(id, "name", "n"));
      assertThat(rig.pool(id).persistence()).isEqualTo(new SessionPersistence.HttpCookie());
      rig.done(update(id, "persistence", persistence()));
      assertThat(rig.pool(id).persistence()).isNull();
      refusedAsInvalid(
          update(id, "persistence", persistence("cookieName", "two")),
          "Invalid session_persistence provided.");
    }
  }

  @Nested
  class Tls {
    private final TestCertificates authority = TestCertificates.selfSigned("CN=ca");

    Tls() {
      rig.secrets.authorities("ca", new Lookup.Found<>(List.of(authority.certificate())));
      rig.secrets.revocations("crl", new Lookup.Found<>(List.of(authority.revocations())));
    }

    @Test
    void hasDefaultsOnlyIfEnabled() {
      var plain = rig.pool(new PoolId(rig.done(create(PoolProtocol.HTTP)))).tls();
      assertThat(plain.versions()).isNull();
      var encrypted =
          rig.pool(new PoolId(rig.done(create(PoolProtocol.HTTP, "tlsEnabled", true)))).tls();
      assertThat(encrypted.versions()).containsExactly("TLSv1.2", "TLSv1.3");
      assertThat(encrypted.alpn()).containsExactly("h2", "http/1.1", "http/1.0");
    }

    @Test
    void revocationsNeedAnAuthority() {
      refusedAsInvalid(
          create(PoolProtocol.HTTP, "crlContainer", "crl"),
          "A CA certificate reference is required to specify a revocation list.");
      var id = new PoolId(rig.done(create(PoolProtocol.HTTP)));
      refusedAsInvalid(
          update(id, "crlContainer", "crl"),
          "A CA reference is required to specify a certificate revocation list.");
      rig.done(update(id, "caTlsContainer", "ca"));
      rig.done(update(id, "crlContainer", "crl"));
      refusedAsInvalid(
          update(id, "caTlsContainer", null),
          "A CA reference cannot be removed when a certificate revocation list is present.");
      rig.done(update(id, "caTlsContainer", null, "crlContainer", null));
    }

    @Test
    void referencesMustBeReadable() {
      assertThat(rig.refused(create(PoolProtocol.HTTP, "tlsContainer", "x")))
          .isEqualTo(new Refusal.CertificatesUnreadable(List.of("x")));
      assertThat(rig.refused(create(PoolProtocol.HTTP, "caTlsContainer", "x", "crlContainer", "y")))
          .isEqualTo(new Refusal.CertificatesUnreadable(List.of("x", "y")));
      rig.secrets.authorities("junk", new Lookup.Unreadable<>(false, "no PEM"));
      refusedAsInvalid(
          create(PoolProtocol.HTTP, "caTlsContainer", "junk"),
          "The client authentication CA certificate is invalid. It must be a valid x509 PEM format"
              + " certificate. Error: no PEM");
    }
  }

  @Nested
  class Members {
    private final ListenerId listener = rig.newListener(loadBalancer, HTTP, 80);
    private final PoolId pool = rig.newPool(listener, PoolProtocol.HTTP);

    @Test
    void theWholeChainIsPendingAlong() {
      var id = new MemberId(rig.accepted(create("192.0.2.1")));
      assertThat(member(id).lifecycle().provisioning()).isEqualTo(PENDING_CREATE);
      assertThat(member(id).lifecycle().operating()).isEqualTo(OperatingStatus.NO_MONITOR);
      assertThat(rig.pool(pool).lifecycle().provisioning()).isEqualTo(PENDING_UPDATE);
      assertThat(rig.listener(listener).lifecycle().provisioning()).isEqualTo(PENDING_UPDATE);
      assertThat(rig.loadBalancer(loadBalancer).lifecycle().provisioning())
          .isEqualTo(PENDING_UPDATE);
      assertThat(rig.refused(create("192.0.2.2")))
          .isEqualTo(new Refusal.Immutable(Kind.POOL, pool.toString()));
      rig.tasks.settle();
      assertThat(member(id).lifecycle().provisioning()).isEqualTo(ACTIVE);
      assertThat(rig.pool(pool).lifecycle().provisioning()).isEqualTo(ACTIVE);
      assertThat(rig.listener(listener).lifecycle().provisioning()).isEqualTo(ACTIVE);
    }

    private Change.CreateMember create(String address) {
      return new Change.CreateMember(pool, Requests.member(address, 80));
    }

    private Member member(MemberId id) {
      return rig.pool(pool).members().stream()
          .filter(it -> it.id().equals(id))
          .findFirst()
          .orElseThrow();
    }

    @Test
    void haveRules() {
      assertThat(rig.refused(create("169.254.169.254")))
          .isEqualTo(new Refusal.InvalidOption("169.254.169.254", "member address"));
      rig.done(create("192.0.2.1"));
      assertThat(rig.refused(create("192.0.2.1")))
          .isEqualTo(new Refusal.DuplicateMember("192.0.2.1", 80));
      rig.done(create("2001:db8::1"));
      // Another spelling is another member, as with Octavia.
      rig.done(create("2001:DB8::1"));
      var nowhere = new SubnetId(UUID.randomUUID());
      var astray =
          new Change.NewMember(
              "192.0.2.9", 80, Patch.set(nowhere), false, Requests.memberAttributes());
      assertThat(rig.refused(new Change.CreateMember(pool, astray)))
          .isEqualTo(new Refusal.ReferenceNotFound(Kind.SUBNET, nowhere.toString()));
      var direct =
          new Change.NewMember("192.0.2.9", 80, Patch.keep(), true, Requests.memberAttributes());
      assertThat(rig.refused(new Change.CreateMember(pool, direct)))
          .isEqualTo(new Refusal.SriovNotAllowed());
    }

    @Test
    void nullsResetThem() {
      var id =
          new MemberId(
              rig.done(
                  new Change.CreateMember(
                      pool,
                      Requests.member(
                          "192.0.2.1",
                          80,
                          "weight",
                          7,
                          "backup",
                          true,
                          "monitorPort",
                          8080,
                          "name",
                          "m"))));
      rig.done(
          new Change.UpdateMember(
              pool,
              id,
              Requests.memberAttributes("weight", null, "backup", null, "monitorPort", null)));
      assertThat(member(id).weight()).isEqualTo(1);
      assertThat(member(id).backup()).isFalse();
      assertThat(member(id).monitorPort()).isNull();
      assertThat(member(id).labels().name()).isEqualTo("m");
    }

    @Test
    void areFoundInTheirPoolOnly() {
      var id = rig.newMember(pool, "192.0.2.1");
      var other = rig.newPool(loadBalancer, PoolProtocol.HTTP);
      assertThat(rig.refused(new Change.DeleteMember(other, id)))
          .isEqualTo(new Refusal.NotFound(Kind.MEMBER, id.toString()));
      rig.done(new Change.DeleteMember(pool, id));
      assertThat(rig.pool(pool).members()).isEmpty();
    }

    @Test
    void aBatchCreatesUpdatesAndDeletes() {
      var kept = rig.newMember(pool, "192.0.2.1");
      rig.newMember(pool, "192.0.2.2");
      rig.done(
          new Change.UpdateMember(
              pool, kept, Requests.memberAttributes("weight", 9, "name", "kept", "backup", true)));
      rig.accepted(
          new Change.ReplaceMembers(
              pool,
              List.of(Requests.member("192.0.2.3", 80), Requests.member("192.0.2.1", 80)),
              false));
      assertThat(rig.pool(pool).members())
          .extracting(it -> it.lifecycle().provisioning())
          .containsExactly(PENDING_UPDATE, PENDING_DELETE, PENDING_CREATE);
      rig.tasks.settle();
      assertThat(rig.pool(pool).members())
          .extracting(Member::address)
          .containsExactly("192.0.2.1", "192.0.2.3");
      // What the batch does not say is back at its default, but for the name.
      assertThat(member(kept).weight()).isEqualTo(1);
      assertThat(member(kept).backup()).isFalse();
      assertThat(member(kept).labels().name()).isEqualTo("kept");
    }

    @Test
    void anAdditiveBatchDeletesNothing() {
      rig.newMember(pool, "192.0.2.1");
      rig.done(new Change.ReplaceMembers(pool, List.of(Requests.member("192.0.2.3", 80)), true));
      assertThat(rig.pool(pool).members())
          .extracting(Member::address)
          .containsExactly("192.0.2.1", "192.0.2.3");
    }

    @Test
    void aBatchNamesEachMemberOnce() {
      rig.newMember(pool, "192.0.2.1");
      var one = Requests.member("192.0.2.1", 80);
      refusedAsInvalid(
          new Change.ReplaceMembers(pool, List.of(one, one), false),
          "Member must be updated only once in the same request.");
      var fresh = Requests.member("192.0.2.2", 80);
      assertThat(rig.refused(new Change.ReplaceMembers(pool, List.of(fresh, fresh), false)))
          .isEqualTo(new Refusal.DuplicateMember("192.0.2.2", 80));
    }

    @Test
    void aBatchThatSaysNothingDoesNothing() {
      var before = rig.tree(loadBalancer);
      rig.accepted(new Change.ReplaceMembers(pool, List.of(), false));
      assertThat(rig.tree(loadBalancer)).isEqualTo(before);
    }
  }

  @Nested
  class Monitors {
    private final PoolId pool = rig.newPool(loadBalancer, PoolProtocol.HTTP);

    private Change create(MonitorType type, Object... namesAndValues) {
      return new Change.CreateHealthMonitor(pool, type, Requests.monitor(namesAndValues));
    }

    @Test
    void haveDefaultsForHttpOnly() {
      rig.done(create(MonitorType.HTTP));
      var http = rig.pool(pool).monitor();
      assertThat(http.httpMethod()).isEqualTo("GET");
      assertThat(http.urlPath()).isEqualTo("/");
      assertThat(http.expectedCodes()).isEqualTo("200");
      assertThat(http.maxRetriesDown()).isEqualTo(3);
      assertThat(http.lifecycle().operating()).isEqualTo(OperatingStatus.ONLINE);
      assertThat(rig.refused(create(MonitorType.TCP)))
          .isEqualTo(new Refusal.DuplicateHealthMonitor());
      rig.done(new Change.DeleteHealthMonitor(http.id()));
      rig.done(create(MonitorType.TCP));
      assertThat(rig.pool(pool).monitor().httpMethod()).isNull();
    }

    @Test
    void haveRules() {
      assertThat(rig.refused(create(MonitorType.TCP, "httpMethod", "GET")))
          .isEqualTo(new Refusal.InvalidOption("http_method", "health monitors of type TCP"));
      assertThat(rig.refused(create(MonitorType.TLS_HELLO, "urlPath", "/x")))
          .isEqualTo(new Refusal.InvalidOption("url_path", "health monitors of type TLS-HELLO"));
      assertThat(rig.refused(create(MonitorType.HTTP, "delay", null)))
          .isEqualTo(new Refusal.InvalidOption("None", "delay"));
      refusedAsInvalid(
          create(MonitorType.HTTP, "domainName", "a.example.org"),
          "'http_version' must be specified when 'domain_name' is provided.");
      assertThat(
              rig.refused(
                  create(MonitorType.HTTP, "domainName", "a.example.org", "httpVersion", 1.0)))
          .isEqualTo(
              new Refusal.InvalidOption(
                  "http_version 1.0", "health monitors HTTP 1.1 domain name health check"));
      refusedAsInvalid(
          create(MonitorType.UDP_CONNECT),
          "The UDP-CONNECT type is only supported for pools of type UDP/SCTP.");
    }

    @Test
    void fitPoolsWithoutConnections() {
      var udp = rig.newPool(loadBalancer, PoolProtocol.UDP);
      refusedAsInvalid(
          new Change.CreateHealthMonitor(udp, MonitorType.PING, Requests.monitor()),
          "The associated pool protocol is UDP, so only a UDP-CONNECT/SCTP/TCP/HTTP health monitor"
              + " is supported.");
      refusedAsInvalid(
          new Change.CreateHealthMonitor(
              udp, MonitorType.UDP_CONNECT, Requests.monitor("delay", 2)),
          "The request delay value 2 should be larger than 3 for UDP-CONNECT health monitor type.");
      rig.done(
          new Change.CreateHealthMonitor(
              udp, MonitorType.UDP_CONNECT, Requests.monitor("delay", 3)));
    }

    @Test
    void keepTheirTypeWhenUpdated() {
      rig.done(create(MonitorType.PING));
      var id = rig.pool(pool).monitor().id();
      assertThat(
              rig.refused(
                  new Change.UpdateHealthMonitor(
                      id, Requests.monitorUpdate("expectedCodes", null))))
          .isEqualTo(new Refusal.InvalidOption("expected_codes", "health monitors of type PING"));
      assertThat(
              rig.refused(
                  new Change.UpdateHealthMonitor(id, Requests.monitorUpdate("timeout", null))))
          .isEqualTo(new Refusal.InvalidOption("None", "timeout"));
      rig.done(
          new Change.UpdateHealthMonitor(
              id, Requests.monitorUpdate("delay", 9, "maxRetriesDown", null)));
      assertThat(rig.pool(pool).monitor().delaySeconds()).isEqualTo(9);
      assertThat(rig.pool(pool).monitor().maxRetriesDown()).isEqualTo(3);
    }

    @Test
    void leaveTheirMembersUnwatched() {
      var listener =
          new ListenerId(
              rig.done(
                  new Change.CreateListener(
                      loadBalancer, HTTP, 80, Requests.listener("defaultPool", pool))));
      var one = rig.newMember(pool, "192.0.2.1");
      rig.done(create(MonitorType.PING));
      rig.provider.health(one, OperatingStatus.ERROR);
      rig.provider.news(loadBalancer);
      rig.tasks.settle();
      assertThat(rig.pool(pool).members().getFirst().lifecycle().operating())
          .isEqualTo(OperatingStatus.ERROR);
      assertThat(rig.pool(pool).lifecycle().operating()).isEqualTo(OperatingStatus.ERROR);
      rig.done(new Change.DeleteHealthMonitor(rig.pool(pool).monitor().id()));
      assertThat(rig.pool(pool).monitor()).isNull();
      assertThat(rig.pool(pool).members().getFirst().lifecycle().operating())
          .isEqualTo(OperatingStatus.NO_MONITOR);
      assertThat(rig.listener(listener).lifecycle().operating()).isEqualTo(OperatingStatus.ONLINE);
    }
  }

  @Test
  void aPoolInErrorIsImmutableBelowItself() {
    var pool = rig.newPool(loadBalancer, PoolProtocol.HTTP);
    rig.provider.fails("no");
    rig.done(update(pool, "name", "x"));
    assertThat(rig.pool(pool).lifecycle().provisioning()).isEqualTo(ERROR);
    assertThat(rig.loadBalancer(loadBalancer).lifecycle().provisioning()).isEqualTo(ACTIVE);
    assertThat(rig.refused(new Change.CreateMember(pool, member("192.0.2.1", 80))))
        .isEqualTo(new Refusal.Immutable(Kind.POOL, pool.toString()));
    rig.provider.works();
    rig.pass(ControlSettings.DEFAULT.pace().lastRetry());
    assertThat(rig.pool(pool).lifecycle().provisioning()).isEqualTo(ACTIVE);
  }
}
