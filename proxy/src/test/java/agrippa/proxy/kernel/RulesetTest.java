package agrippa.proxy.kernel;

import static agrippa.proxy.kernel.Services.allowing;
import static agrippa.proxy.kernel.Services.at;
import static agrippa.proxy.kernel.Services.down;
import static agrippa.proxy.kernel.Services.named;
import static agrippa.proxy.kernel.Services.server;
import static agrippa.proxy.kernel.Services.service;
import static agrippa.proxy.kernel.Services.sticky;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.kernel.Service.Server;
import agrippa.proxy.kernel.Service.Sticky;
import agrippa.proxy.plan.Upstream.Algorithm;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RulesetTest {
  private static final Server A = server("a", 1, 2);
  private static final Server B = server("b", 2, 1);

  @Test
  void theWholeOfOneService() {
    assertThat(Ruleset.of(List.of(service(Algorithm.ROUND_ROBIN, A))).content())
        .isEqualTo(
            """
              counter si_5eee4183 {
              }
              counter so_5eee4183 {
              }
              counter sn_5eee4183 {
              }
              ct timeout t4_50 {
                protocol tcp;
                l3proto ip;
                policy = { established : 50 };
              }
              chain s_5eee4183 {
                counter name "fn_5eee"
                counter name "sn_5eee4183"
                ct mark set 0x5eee4183
                ct timeout set "t4_50"
                meta l4proto tcp dnat ip to 10.0.1.1:8080
              }
              counter fi_5eee {
              }
              counter fo_5eee {
              }
              counter fn_5eee {
              }
              chain f_5eee {
                numgen inc mod 1 vmap { 0 : goto s_5eee4183 }
              }
              chain arrivals {
                type nat hook prerouting priority dstnat;
                tcp flags & (fin|syn|rst|ack) == syn ip daddr . tcp dport vmap { 10.0.0.1 . 80 : goto f_5eee }
              }
              chain departures {
                type nat hook postrouting priority srcnat;
                ct status dnat ct mark and 0xffff0000 != 0 masquerade
              }
              chain passage {
                type filter hook forward priority filter; policy drop;
                ct direction original counter name ct mark and 0xffff0000 map { 0x5eee0000 : "fi_5eee" }
                ct direction original counter name ct mark map { 0x5eee4183 : "si_5eee4183" }
                ct direction reply counter name ct mark and 0xffff0000 map { 0x5eee0000 : "fo_5eee" }
                ct direction reply counter name ct mark map { 0x5eee4183 : "so_5eee4183" }
                ct status dnat ct mark and 0xffff0000 != 0 accept
              }
              chain redirects {
                type filter hook output priority filter;
                icmp type redirect drop
                icmpv6 type nd-redirect drop
              }
            """
                .indent(0));
  }

  @Test
  void clientsAreToldApartAsTheAlgorithmSays() {
    assertThat(Ruleset.of(List.of(service(Algorithm.SOURCE_IP, A, B))).content())
        .contains("jhash ip saddr mod 240 seed 1 vmap { 0 : goto s_");
    assertThat(Ruleset.of(List.of(service(Algorithm.SOURCE_IP_PORT, A, B))).content())
        .contains("jhash ip saddr . tcp sport mod 240 seed 1 vmap { 0 : goto s_");
  }

  @Test
  void datagramsAndTheOtherFamily() {
    Service dns =
        new Service(
            "dns",
            true,
            List.of(at("fd00::1", 53), at("fd00::2", 53)),
            List.of(),
            Algorithm.ROUND_ROBIN,
            null,
            0,
            "pool",
            List.of(new Server("a", at("fd00::9", 5353), 1, false, true, true)));
    assertThat(Ruleset.of(List.of(dns)).content())
        .contains("meta l4proto udp dnat ip6 to [fd00:0:0:0:0:0:0:9]:5353")
        .contains("ip6 daddr . udp dport vmap { fd00:0:0:0:0:0:0:1 . 53 : goto f_")
        .doesNotContain("ct timeout")
        .doesNotContain("tcp flags");
  }

  @Test
  void networksAreOfTheServicesFamilyAndNotWithinOthers() {
    Service web = service(Algorithm.ROUND_ROBIN, A);
    assertThat(content(allowing(web, "10.1.2.3/8", "10.0.0.0/8", "10.9.0.0/16", "fd00::/8")))
        .contains("ip saddr != { 10.0.0.0/8 } return\n");
    assertThat(content(allowing(web, "fd00::/8")))
        .containsPattern("chain f_\\w+ \\{\n    return\n");
  }

  @Test
  void clientsAreRememberedUntilTheirServerIsDown() {
    Service web =
        sticky(
            service(Algorithm.ROUND_ROBIN, A, down(B)),
            new Sticky(Duration.ofMinutes(6), InetAddress.ofLiteral("255.255.0.0")));
    assertThat(content(web))
        .containsOnlyOnce("type ipv4_addr; flags dynamic,timeout; timeout 360s; size 10240;")
        .containsPattern("update @c_\\w+_360_ffff0000 \\{ ip saddr and 255.255.0.0 }")
        .containsPattern("ip saddr and 255.255.0.0 @c_\\w+_360_ffff0000 goto s_");
  }

  @Test
  void whatIsNotNeededAnyMoreGoesInTheSameStep() {
    Ruleset before = Ruleset.of(List.of(service(Algorithm.ROUND_ROBIN, A, B)));
    Ruleset after = Ruleset.of(List.of(service(Algorithm.ROUND_ROBIN, A)));
    String b = "%08x".formatted(mark(before, "b"));
    assertThat(after.replacing(before))
        .startsWith("add table inet agrippa_l4\nflush table inet agrippa_l4\n")
        .contains("delete chain inet agrippa_l4 s_" + b + "\n")
        .contains("delete counter inet agrippa_l4 si_" + b + "\n")
        .doesNotContain("%08x".formatted(mark(before, "a")) + "\nd");
    assertThat(after.replacing(null))
        .startsWith("add table inet agrippa_l4\ndelete table inet agrippa_l4\n");
    assertThat(before.replacing(before)).doesNotContain("delete");
  }

  private static int mark(Ruleset rules, String server) {
    return rules.servers().entrySet().stream()
        .filter(it -> it.getValue().server().equals(server))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  @Test
  void nothingThatAnybodyCalledAnythingIsInIt() {
    String hostile = "\"; flush ruleset; #";
    Server server = new Server(hostile, at("10.0.1.1", 1), 1, false, true, true);
    String content = content(named(hostile, service(Algorithm.ROUND_ROBIN, server)));
    assertThat(content).doesNotContain("flush").doesNotContain("#");
  }

  private static String content(Service service) {
    return Ruleset.of(List.of(service)).content();
  }
}
