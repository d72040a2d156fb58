package agrippa.provider.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.spi.Secrets.KeyPair;
import agrippa.control.spi.Secrets.Lookup;
import agrippa.model.LoadBalancerId;
import agrippa.proxy.PlanMeter.FrontendMeter;
import agrippa.proxy.PlanMeter.UpstreamMeter;
import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.Counters;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ExpiryWarningsTest {
  private static final LoadBalancerId ID = new LoadBalancerId(new UUID(0, 1));

  private final Certificate certificate = certificate();
  private final Instant end = certificate.chain().getFirst().getNotAfter().toInstant();
  private Instant now = end.minus(Duration.ofDays(365));
  private final ExpiryWarnings warnings = new ExpiryWarnings(() -> now);

  private static Certificate certificate() {
    if (new FakeSecrets().keyPair(null, "certificate-1")
        instanceof Lookup.Found<KeyPair>(KeyPair pair)) {
      return new Certificate(pair.chain(), pair.key());
    }
    throw new IllegalStateException("no certificate to test with");
  }

  private Frontend frontend() {
    return new Frontend(
        "web",
        Frontend.Mode.HTTP,
        List.of(),
        new TlsServer(
            List.of(certificate, certificate),
            "",
            List.of("TLSv1.3"),
            List.of(),
            TlsServer.ClientAuth.NONE,
            List.of(),
            List.of()),
        List.of(),
        1,
        new Frontend.Timeouts(1, 1, 1, 0),
        List.of(),
        null,
        List.of(),
        "servers");
  }

  private List<String> due(long daysLeft) {
    Upstream servers =
        new Upstream(
            "servers",
            Upstream.Algorithm.ROUND_ROBIN,
            null,
            List.of(),
            null,
            new TlsClient(certificate, List.of(), List.of(), "", List.of(), List.of()),
            Upstream.ProxyProtocol.NONE);
    now = end.minus(Duration.ofDays(daysLeft));
    return warnings.due(ID, new ProxyPlan("plan", List.of(frontend()), List.of(servers)));
  }

  @Test
  void warnsOncePerLevelOfListenersAndPools() {
    String serial = certificate.chain().getFirst().getSerialNumber().toString(16);
    assertThat(due(31)).isEmpty();
    assertThat(due(30))
        .containsExactly(
            "the certificate with serial number " + serial + " of listener web ends at " + end,
            "the certificate with serial number " + serial + " of pool servers ends at " + end);
    assertThat(due(29)).isEmpty();
    assertThat(due(7)).hasSize(2);
    assertThat(due(2)).isEmpty();
    assertThat(due(1)).hasSize(2);
    assertThat(due(0)).hasSize(2).allMatch(it -> it.endsWith(" has ended at " + end));
    assertThat(due(-10)).isEmpty();
  }

  @Test
  void warnsAgainOfWhatCameBack() {
    assertThat(due(3)).hasSize(2);
    assertThat(warnings.due(ID, new ProxyPlan("plan", List.of(), List.of()))).isEmpty();
    assertThat(due(3)).hasSize(2);
    warnings.forget(ID);
    assertThat(due(3)).hasSize(2);
  }

  @Test
  void thePageOfAllTellsWhenEachEnds() {
    StringBuilder page = new StringBuilder();
    FrontendMeter web = new Measured(frontend());
    MetricLabels of = MetricLabels.NONE.and("loadbalancer", "b");
    MetricsPage.ofAll(List.of(new MetricParts.Balancer(of, () -> List.of(web))))
        .forEachRemaining(it -> page.append(new String(it, StandardCharsets.UTF_8)));
    String labels = "loadbalancer=\"b\",listener=\"" + frontend().name() + "\"";
    assertThat(page.toString())
        .contains(
            """
            agrippa_certificate_expiry_seconds{%1$s,certificate="0"} %2$d
            agrippa_certificate_expiry_seconds{%1$s,certificate="1"} %2$d
            """
                .formatted(labels, end.getEpochSecond()));
  }

  private record Measured(Frontend plan) implements FrontendMeter {
    @Override
    public boolean serving() {
      return true;
    }

    @Override
    public Counters counters() {
      return new Counters(0, 0, 0, 0, 0, 0);
    }

    @Override
    public int peak() {
      return 0;
    }

    @Override
    public List<UpstreamMeter> upstreams() {
      return List.of();
    }

    @Override
    public long count(Count what) {
      return 0;
    }
  }
}
