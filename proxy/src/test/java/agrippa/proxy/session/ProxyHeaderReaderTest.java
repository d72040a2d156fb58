package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.Handler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How long a header is waited for.
class ProxyHeaderReaderTest {
  private static final String HEADER = "PROXY TCP4 192.0.2.7 192.0.2.80 56324 8080\r\n";

  private final FakeLoop loop = new FakeLoop();
  private final FakeChannel client = loop.accept();
  private final List<String> outcomes = new ArrayList<>();

  private final Handler next =
      new Handler() {
        @Override
        public void readable(Channel channel) {
          Buffer scratch = loop.scratch();
          int count = channel.read(scratch);
          byte[] bytes = new byte[count];
          scratch.get(scratch.start(), bytes, 0, count);
          outcomes.add(new String(bytes, StandardCharsets.US_ASCII));
        }

        @Override
        public void writable(Channel channel) {}
      };

  private void read() {
    ProxyHeaderReader.read(client, () -> outcomes.add("told"), () -> outcomes.add("failed"));
  }

  @Test
  void doesNotWaitForever() {
    read();
    client.receive("PROXY TCP4");
    loop.advance(ProxyHeaderReader.PATIENCE_MILLIS - 1);
    assertThat(outcomes).isEmpty();
    loop.advance(1);
    assertThat(outcomes).containsExactly("failed");
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void leavesWhatFollowsToTheNext() {
    ProxyHeaderReader.read(client, () -> client.handler(next), () -> outcomes.add("failed"));
    client.receive(HEADER + "hello");
    loop.advance(ProxyHeaderReader.PATIENCE_MILLIS);
    assertThat(outcomes).containsExactly("hello");
    assertThat(client.remote()).hasToString("/192.0.2.7:56324");
    assertThat(client.local()).hasToString("/192.0.2.80:8080");
  }

  @Test
  void saysNothingOfAChannelThatOthersClosed() {
    read();
    client.abort();
    loop.advance(ProxyHeaderReader.PATIENCE_MILLIS);
    assertThat(outcomes).isEmpty();
  }
}
