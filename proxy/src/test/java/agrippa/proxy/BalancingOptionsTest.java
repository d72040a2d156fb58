package agrippa.proxy;

import static agrippa.proxy.Fixture.balanced;
import static agrippa.proxy.Fixture.by;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What options add to the choice of endpoints, seen from outside.
class BalancingOptionsTest {
  private Fixture fixture;
  private Backend a;
  private Backend b;
  private Backend c;

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(TransportKind.BEST);
    a = fixture.http("a");
    b = fixture.http("b");
    c = fixture.http("c");
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void consistentHashingMovesTheClientsOfAnEndpointThatLeft() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(consistent(pool(endpoint(a), endpoint(b), endpoint(c)))));
    List<String> before = byClient(at);
    assertThat(before).contains("a", "b", "c");

    fixture.proxy.apply(plan(consistent(pool(endpoint(a), endpoint(c)))));

    List<String> after = byClient(at);
    for (int i = 0; i < before.size(); i++) {
      assertThat(after.get(i)).isNotEqualTo("b");
      assertThat(before.get(i)).isIn("b", after.get(i));
    }
  }

  private static Upstream consistent(Upstream upstream) {
    return balanced(Balancing.DEFAULT.withConsistent(true), by(Algorithm.SOURCE_IP, upstream));
  }

  private static List<String> byClient(InetSocketAddress at) throws IOException {
    List<String> bodies = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      try (Client client = Client.from("127.0.0." + i, at)) {
        bodies.add(client.get("/").body());
      }
    }
    return bodies;
  }
}
