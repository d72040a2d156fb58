package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.Kind;
import agrippa.control.Refusal;
import agrippa.model.Countable;
import agrippa.model.ListenerProtocol;
import agrippa.model.ProvisioningStatus;
import agrippa.web.Json;
import agrippa.web.Reply;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Octavia's codes and texts, one line for each kind of refusal.
class FaultsTest {
  static Stream<Arguments> refusals() {
    return Stream.of(
        line(404, "Load Balancer 1 not found.", new Refusal.NotFound(Kind.LOAD_BALANCER, "1")),
        line(404, "Listener 1 not found.", new Refusal.NotFound(Kind.LISTENER, "1")),
        line(404, "Pool 1 not found.", new Refusal.NotFound(Kind.POOL, "1")),
        line(404, "Member 1 not found.", new Refusal.NotFound(Kind.MEMBER, "1")),
        line(404, "Health Monitor 1 not found.", new Refusal.NotFound(Kind.HEALTH_MONITOR, "1")),
        line(404, "L7 Policy 1 not found.", new Refusal.NotFound(Kind.L7_POLICY, "1")),
        line(404, "L7 Rule 1 not found.", new Refusal.NotFound(Kind.L7_RULE, "1")),
        line(400, "Network 1 not found.", new Refusal.ReferenceNotFound(Kind.NETWORK, "1")),
        line(400, "Subnet 1 not found.", new Refusal.ReferenceNotFound(Kind.SUBNET, "1")),
        line(400, "Port 1 not found.", new Refusal.ReferenceNotFound(Kind.PORT, "1")),
        line(400, "qos_policy 1 not found.", new Refusal.ReferenceNotFound(Kind.QOS_POLICY, "1")),
        line(
            400,
            "Security Group 1 not found.",
            new Refusal.ReferenceNotFound(Kind.SECURITY_GROUP, "1")),
        line(403, "Policy does not allow this request to be performed.", new Refusal.Forbidden()),
        line(
            403,
            "Quota has been met for resources: L7 Rule",
            new Refusal.QuotaMet(Countable.L7_RULE)),
        line(400, "Validation failure: why", new Refusal.Invalid("why")),
        line(
            400,
            "None is not a valid option for delay",
            new Refusal.InvalidOption("None", "delay")),
        line(
            400,
            "The selected type is not allowed in this deployment: PING",
            new Refusal.NotAllowed("type", "PING")),
        line(400, "Missing details for Pool object: p", new Refusal.MissingDetails("Pool", "p")),
        line(400, "Invalid L7 Policy arguments: why", new Refusal.InvalidL7Policy("why")),
        line(400, "Error parsing L7Rule: why", new Refusal.InvalidL7Rule("why")),
        line(
            400,
            "Protocol PROMETHEUS listeners cannot have child objects.",
            new Refusal.PrometheusHasNoChildren()),
        line(
            400,
            "Could not retrieve certificate: ['a', 'b']",
            new Refusal.CertificatesUnreadable(List.of("a", "b"))),
        line(
            400,
            "The PKCS12 bundle is unreadable. Please check the PKCS12 bundle validity. "
                + "In addition, make sure it does not require a pass phrase. Error: why",
            new Refusal.BundleUnreadable("why")),
        line(
            400,
            "No CN or DNSName(s) found in certificate. The certificate is invalid.",
            new Refusal.CertificateWithoutNames()),
        line(
            409,
            "Load Balancer 1 is immutable and cannot be updated.",
            new Refusal.Immutable(Kind.LOAD_BALANCER, "1")),
        line(
            409,
            "Pool 1 is immutable and cannot be updated.",
            new Refusal.Immutable(Kind.POOL, "1")),
        line(
            409,
            "L7Policy 1 is immutable and cannot be updated.",
            new Refusal.Immutable(Kind.L7_POLICY, "1")),
        line(
            409,
            "Invalid state PENDING_UPDATE of loadbalancer resource 1",
            new Refusal.InvalidState(ProvisioningStatus.PENDING_UPDATE, "1")),
        line(
            409,
            "Another Listener on this Load Balancer is already using protocol HTTP and "
                + "protocol_port 80",
            new Refusal.DuplicateListener(ListenerProtocol.HTTP, 80)),
        line(
            409,
            "Another member on this pool is already using ip ::1 on protocol_port 80",
            new Refusal.DuplicateMember("::1", 80)),
        line(409, "This pool already has a health monitor", new Refusal.DuplicateHealthMonitor()),
        line(409, "This listener already has a default pool", new Refusal.DuplicateDefaultPool()),
        line(409, "Pool 1 is in use by L7 policy 2", new Refusal.PoolInUse("1", "2")),
        line(
            400,
            "The load balancer flavor does not allow SR-IOV member ports.",
            new Refusal.SriovNotAllowed()),
        line(
            409,
            "Flavor profile 1 is in use and cannot be modified.",
            new Refusal.InUse(Kind.FLAVOR_PROFILE, "1")),
        line(
            409,
            "A availability zone of z already exists.",
            new Refusal.NameTaken(Kind.AVAILABILITY_ZONE, "z")),
        line(
            400,
            "Flavor '1' is not compatible with provider 'x'",
            new Refusal.FlavorIncompatible("1", "x")),
        line(409, "Too many rules on L7 policy 1", new Refusal.TooManyRules("1")),
        line(409, "The VIP IP address is already in use: why", new Refusal.VipInUse("why")),
        line(400, "Provider 'x' is not enabled.", new Refusal.ProviderNotEnabled("x")),
        line(
            501,
            "Provider 'x' does not support a requested option: why",
            new Refusal.UnsupportedOption("x", "why")),
        line(
            501,
            "Provider 'x' does not support a requested action: why",
            new Refusal.UnsupportedAction("x", "why")),
        line(500, "Provider 'x' reports error: why", new Refusal.ProviderFailed("x", "why")));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusal(int status, String faultstring, Refusal refusal) {
    Reply reply = Faults.of(refusal);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(Json.parse(reply.body()).orElseThrow())
        .isEqualTo(
            Json.object()
                .put("faultcode", status < 500 ? "Client" : "Server")
                .put("faultstring", faultstring)
                .putNull("debuginfo"));
  }

  @Test
  void everyKindOfRefusalHasItsLine() {
    Set<Object> covered = refusals().map(it -> it.get()[2].getClass()).collect(Collectors.toSet());
    assertThat(covered).isEqualTo(Set.of((Object[]) Refusal.class.getPermittedSubclasses()));
  }

  private static Arguments line(int status, String faultstring, Refusal refusal) {
    return Arguments.of(status, faultstring, refusal);
  }
}
