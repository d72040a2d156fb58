package agrippa.provider.builtin;

import static agrippa.provider.builtin.Trees.listener;
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
import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.model.PoolTls;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VettingTest {
  private static Optional<String> vetted(Listener listener) {
    return Vetting.vet(tree(List.of(listener), List.of()));
  }

  private static Optional<String> vetted(Pool pool) {
    return Vetting.vet(tree(List.of(), List.of(pool)));
  }

  @ParameterizedTest
  @EnumSource(names = {"UDP", "SCTP"})
  void refusesListenersOfOtherKinds(ListenerProtocol protocol) {
    assertThat(vetted(listener("a", protocol, 1).build()))
        .contains(protocol + " protocol listeners are not supported.");
  }

  @ParameterizedTest
  @EnumSource(names = {"TCP", "HTTP", "HTTPS", "TERMINATED_HTTPS", "PROMETHEUS"})
  void takesTheListenersThatItServes(ListenerProtocol protocol) {
    assertThat(vetted(listener("a", protocol, 1).build())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"UDP", "SCTP"})
  void refusesPoolsOfOtherKinds(PoolProtocol protocol) {
    assertThat(vetted(pool("a", protocol).build()))
        .contains(protocol + " protocol pools are not supported.");
  }

  @Test
  void refusesSourceIpPort() {
    assertThat(vetted(pool("a", PoolProtocol.TCP).algorithm(Pool.Algorithm.SOURCE_IP_PORT).build()))
        .contains("Amphora provider does not support SOURCE_IP_PORT algorithm.");
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
    assertThat(vetted(secure(null, List.of("h2"))))
        .contains("ALPN protocols without http/1.1 or http/1.0 are not supported.");
    assertThat(vetted(secure(null, List.of("h2", "http/1.1")))).isEmpty();
    assertThat(vetted(secure(ListenerProtocol.PROMETHEUS, null, List.of("h2"))))
        .contains("ALPN protocols without http/1.1 or http/1.0 are not supported.");
    assertThat(vetted(secure(List.of("SSLv3", "TLSv1.3"), null)))
        .contains("TLS versions other than TLSv1, TLSv1.1, TLSv1.2, TLSv1.3 are not supported.");
  }

  @Test
  void looksAtTheTlsOfPoolsOnlyWhileItIsOn() {
    assertThat(vetted(pool("a", PoolProtocol.HTTP).tls(onlyHttp2(true)).build()))
        .contains("ALPN protocols without http/1.1 or http/1.0 are not supported.");
    assertThat(vetted(pool("a", PoolProtocol.HTTP).tls(onlyHttp2(false)).build())).isEmpty();
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
