package agrippa.provider.builtin;

import static agrippa.provider.builtin.Trees.listener;
import static agrippa.provider.builtin.Trees.monitor;
import static agrippa.provider.builtin.Trees.pool;
import static agrippa.provider.builtin.Trees.rule;
import static agrippa.provider.builtin.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.model.L7Action;
import agrippa.model.L7Rule;
import agrippa.model.Listener;
import agrippa.model.ListenerProtocol;
import agrippa.model.ListenerTls;
import agrippa.model.ListenerTls.ClientAuthentication;
import agrippa.model.MonitorType;
import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.model.PoolTls;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VettingTest {
  private static final Vetting VETTING = new Vetting(Optional.empty());
  private static final Vetting WITHOUT_SCTP = new Vetting(Optional.of("no module"));

  private static Optional<String> vetted(Listener listener) {
    return VETTING.vet(tree(List.of(listener), List.of()));
  }

  private static Optional<String> vetted(Pool pool) {
    return VETTING.vet(tree(List.of(), List.of(pool)));
  }

  @Test
  void refusesSctpWhereTheMachineDoesNotSpeakIt() {
    var listener = listener("a", ListenerProtocol.SCTP, 1).build();
    assertThat(WITHOUT_SCTP.vet(tree(List.of(listener), List.of())))
        .contains("SCTP protocol listeners are not supported on this machine: no module.");
    assertThat(WITHOUT_SCTP.vet(tree(List.of(), List.of(pool("a", PoolProtocol.SCTP).build()))))
        .contains("SCTP protocol pools are not supported on this machine: no module.");
    var watched = pool("a", PoolProtocol.UDP).monitor(monitor(MonitorType.SCTP)).build();
    assertThat(WITHOUT_SCTP.vet(tree(List.of(), List.of(watched))))
        .contains("SCTP health monitors are not supported on this machine: no module.");
  }

  @ParameterizedTest
  @EnumSource
  void takesTheListenersThatItServes(ListenerProtocol protocol) {
    assertThat(vetted(listener("a", protocol, 1).build())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void takesTheProxyProtocolOfConnections(ListenerProtocol protocol) {
    var told = vetted(listener("a", protocol, 1).tagged("agrippa:accept_proxy=::1").build());
    switch (protocol) {
      case UDP, SCTP, PROMETHEUS ->
          assertThat(told)
              .contains(protocol + " protocol listeners do not support the PROXY protocol.");
      case TCP, HTTP, HTTPS, TERMINATED_HTTPS -> assertThat(told).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesEveryAlgorithm(Pool.Algorithm algorithm) {
    assertThat(vetted(pool("a", PoolProtocol.TCP).algorithm(algorithm).build())).isEmpty();
    assertThat(vetted(pool("a", PoolProtocol.UDP).algorithm(algorithm).build())).isEmpty();
    assertThat(vetted(pool("a", PoolProtocol.SCTP).algorithm(algorithm).build())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"UDP_CONNECT", "TCP", "HTTP", "SCTP"})
  void takesTheMonitorsOfDatagrams(MonitorType type) {
    assertThat(vetted(pool("a", PoolProtocol.UDP).monitor(monitor(type)).build())).isEmpty();
    assertThat(vetted(pool("a", PoolProtocol.SCTP).monitor(monitor(type)).build())).isEmpty();
  }

  @Test
  void refusesToEncryptDatagrams() {
    assertThat(vetted(pool("a", PoolProtocol.UDP).tls(withoutCertificate()).build()))
        .contains("TLS is not supported by UDP protocol pools.");
  }

  /// Octavia does not look at a new pool's protocol if the load balancer is named, too.
  @Test
  void refusesToMixDatagramsAndConnections() {
    var datagrams = pool("a", PoolProtocol.UDP).build();
    var connections = pool("a", PoolProtocol.TCP).build();
    var udp = listener("l", ListenerProtocol.UDP, 1).to("a").build();
    var tcp = listener("l", ListenerProtocol.TCP, 1).to("a").build();

    assertThat(VETTING.vet(tree(List.of(udp), List.of(connections))))
        .contains("UDP protocol listeners do not support TCP protocol pools.");
    assertThat(VETTING.vet(tree(List.of(tcp), List.of(datagrams))))
        .contains("TCP protocol listeners do not support UDP protocol pools.");
    assertThat(VETTING.vet(tree(List.of(udp), List.of(datagrams)))).isEmpty();
    var sctp = listener("l", ListenerProtocol.SCTP, 1).to("a").build();
    assertThat(VETTING.vet(tree(List.of(sctp), List.of(connections))))
        .contains("SCTP protocol listeners do not support TCP protocol pools.");
  }

  @Test
  void refusesPoliciesWhereNobodyReadsRequests() {
    var any = rule(L7Rule.Type.PATH, L7Rule.CompareType.STARTS_WITH, "/");
    assertThat(
            vetted(
                listener("a", ListenerProtocol.TCP, 1)
                    .policy("p", new L7Action.Reject(), any)
                    .build()))
        .contains("TCP protocol listeners do not support L7 policies");
  }

  @Test
  void refusesHeadersThatItCannotInsert() {
    assertThat(vetted(listener("a", ListenerProtocol.HTTP, 1).header("X-Real-IP", "True").build()))
        .contains("The X-Real-IP header is not supported.");
    assertThat(vetted(listener("a", ListenerProtocol.HTTP, 1).header("X-Real-IP", "false").build()))
        .isEmpty();
  }

  @Test
  void refusesTlsThatItDoesNotSpeak() {
    assertThat(vetted(secure(null, List.of("h2")))).isEmpty();
    assertThat(vetted(secure(ListenerProtocol.PROMETHEUS, null, List.of("h2")))).isEmpty();
    assertThat(vetted(secure(List.of("SSLv3", "TLSv1.3"), null)))
        .contains("TLS versions other than TLSv1, TLSv1.1, TLSv1.2, TLSv1.3 are not supported.");
  }

  @Test
  void looksAtTheTlsOfPoolsOnlyWhileItIsOn() {
    assertThat(vetted(pool("a", PoolProtocol.PROXY).tls(onlyHttp2(true)).build()))
        .contains("ALPN protocols without http/1.1 or http/1.0 are not supported.");
    assertThat(vetted(pool("a", PoolProtocol.PROXY).tls(onlyHttp2(false)).build())).isEmpty();
    assertThat(vetted(pool("a", PoolProtocol.HTTP).tls(onlyHttp2(true)).build())).isEmpty();
  }

  private static PoolTls withoutCertificate() {
    return new PoolTls(true, null, null, null, null, null, null);
  }

  private static PoolTls onlyHttp2(boolean enabled) {
    return new PoolTls(enabled, null, null, null, null, null, List.of("h2"));
  }

  private static Listener secure(List<String> versions, List<String> alpn) {
    return secure(ListenerProtocol.TERMINATED_HTTPS, versions, alpn);
  }

  private static Listener secure(
      ListenerProtocol protocol, List<String> versions, List<String> alpn) {
    var tls =
        new ListenerTls(
            "https://secrets/1",
            List.of(),
            null,
            ClientAuthentication.NONE,
            null,
            null,
            versions,
            alpn,
            null,
            false,
            false);
    return listener("a", protocol, 443).tls(tls).build();
  }
}
