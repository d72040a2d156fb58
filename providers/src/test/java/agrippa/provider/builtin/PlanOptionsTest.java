package agrippa.provider.builtin;

import static agrippa.provider.builtin.Plans.compiled;
import static agrippa.provider.builtin.Plans.facts;
import static agrippa.provider.builtin.Plans.observed;
import static agrippa.provider.builtin.Trees.listener;
import static agrippa.provider.builtin.Trees.monitor;
import static agrippa.provider.builtin.Trees.pool;
import static agrippa.provider.builtin.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.model.ListenerProtocol;
import agrippa.model.MonitorType;
import agrippa.model.PoolProtocol;
import agrippa.proxy.plan.Journaling;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What extensions and flavors make of a plan.
class PlanOptionsTest {
  /// Operators say what is written, flavors more exactly; tenants may want less.
  @ParameterizedTest
  @CsvSource({
    "1, , , 1",
    "5, , , 5",
    "5, , on, 5",
    "5, , 2, 5",
    "5, , 7, 7",
    "5, , off, 0",
    "5, 1, , 1",
    "5, off, on, 0",
    "5, 10, 3, 10",
    "0, on, on, 0"
  })
  void theAccessLogTellsWhatOperatorsAllowAndTenantsWant(
      int oneIn, @Nullable String flavor, @Nullable String tag, int told) {
    var web = listener("web", ListenerProtocol.HTTP, 80);
    var tree =
        tree(
            List.of((tag == null ? web : web.tagged("agrippa:access_log=" + tag)).build()),
            List.of());
    var facts = observed(oneIn, flavor == null ? Map.of() : Map.of("access_log", flavor));

    var options = PlanCompiler.compile(tree, facts, Set.of()).frontends().getFirst().options();

    assertThat(options.journaling())
        .isEqualTo(
            told == 0
                ? null
                : new Journaling(
                    tree.loadBalancer().project().toString(), tree.id().toString(), told));
  }

  @Test
  void noListenerHasMoreConnectionsThanTheFlavorAllows() {
    var tree =
        tree(
            List.of(
                listener("silent", ListenerProtocol.HTTP, 80).build(),
                listener("less", ListenerProtocol.HTTP, 81).limit(7).build(),
                listener("more", ListenerProtocol.HTTP, 82).limit(9).build()),
            List.of());
    assertThat(compiled(tree, 8, "silent", "less", "more"))
        .contains("frontend silent http 127.10.10.150:80 limit 8 ")
        .contains("frontend less http 127.10.10.150:81 limit 7 ")
        .contains("frontend more http 127.10.10.150:82 limit 8 ");
  }

  @Test
  void theFlavorHasTheKernelPassOnWhatIsNotHttp() {
    var tree =
        tree(
            List.of(
                listener("web", ListenerProtocol.HTTP, 80).build(),
                listener("tls", ListenerProtocol.HTTPS, 443).build(),
                listener("dns", ListenerProtocol.UDP, 53).build()),
            List.of());
    var text =
        PlanText.of(
            PlanCompiler.compile(tree, facts(9, Map.of("l4", "kernel")), Set.of()),
            "web",
            "tls",
            "dns");
    assertThat(text.lines().filter(it -> it.startsWith("frontend") || it.contains("kernel")))
        .satisfiesExactly(
            it -> assertThat(it).startsWith("frontend web "),
            it -> assertThat(it).startsWith("frontend tls "),
            it -> assertThat(it).isEqualTo("  by the kernel"),
            it -> assertThat(it).startsWith("frontend dns "),
            it -> assertThat(it).isEqualTo("  by the kernel"));
  }

  @Test
  void membersThatSpeakHttp2ByTag() {
    var tree =
        tree(
            List.of(
                listener("web", ListenerProtocol.HTTP, 80).to("new").build(),
                listener("bytes", ListenerProtocol.TCP, 81).to("plain").build()),
            List.of(
                pool("new", PoolProtocol.HTTP).tagged("agrippa:h2c=true").build(),
                pool("plain", PoolProtocol.TCP).tagged("agrippa:h2c=true").build()));

    assertThat(compiled(tree, "web", "bytes", "new", "plain"))
        .contains("upstream new round robin, http2\n")
        .contains("upstream plain round robin\n");
  }

  @Test
  void poolsThatShareByTag() {
    var split =
        "agrippa:split=%s:95,%s:5,%s:1"
            .formatted(Trees.uuid("old"), Trees.uuid("new"), Trees.uuid("deleted"));
    var tree =
        tree(
            List.of(listener("web", ListenerProtocol.HTTP, 80).to("old").tagged(split).build()),
            List.of(
                pool("old", PoolProtocol.HTTP).build(), pool("new", PoolProtocol.HTTP).build()));

    assertThat(compiled(tree, "web", "old", "new"))
        .contains("  default old\n  share old 95\n  share new 5\n")
        .contains("upstream new round robin\n");
  }

  @Test
  void membersThatAreAskedByGrpcHowTheyAre() {
    var tree =
        tree(
            List.of(listener("web", ListenerProtocol.HTTP, 80).to("pool").build()),
            List.of(
                pool("pool", PoolProtocol.HTTP)
                    .monitor(monitor(MonitorType.HTTP))
                    .tagged("agrippa:check=grpc:shop.Cart")
                    .build()));

    assertThat(compiled(tree, "web", "pool")).contains("grpc 'shop.Cart'");
  }
}
