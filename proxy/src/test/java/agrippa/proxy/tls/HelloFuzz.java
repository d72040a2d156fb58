package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.tls.TlsRecords.Progress;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.Transport;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Any bytes as the first that a client of TLS sends: no engine fails but by saying so, none is
/// done with a client that says nothing more, and both understand the same server name.
public final class HelloFuzz {
  private static final HelloFuzz TARGET = target();

  private final Buffer in = Buffer.allocate(64 << 10);
  private final EventLoop loop;
  private final List<TlsContext> servers = new ArrayList<>();

  private HelloFuzz() throws IOException, GeneralSecurityException {
    loop = Transport.NIO.start("hello-fuzz");
    Pki pki = new Pki("authority");
    Certificate[] both = {pki.issue("localhost"), pki.issue("a.b", "*.a.b")};
    for (String engine : Rig.engines()) {
      servers.add(Rig.newEngine(engine, InstantSource.system()).server(Rig.server(both)));
    }
  }

  private static HelloFuzz target() {
    try {
      return new HelloFuzz();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("there is nothing to fuzz", e);
    }
  }

  public static void fuzzerTestOneInput(byte[] bytes) {
    List<String> names =
        TARGET.servers.stream()
            .map(it -> TARGET.named(it, bytes))
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    assertThat(names).hasSizeLessThanOrEqualTo(1);
  }

  /// What a server takes for the name that it is asked for, if it goes on with the handshake and
  /// knows by now: the JDK does not always.
  private @Nullable String named(TlsContext server, byte[] bytes) {
    TlsRecords records = ((LayeredTls) server).source().accept(loop);
    try {
      in.window(0, 0);
      Progress progress = Progress.MORE;
      Random cuts = new Random(Arrays.hashCode(bytes));
      int at = 0;
      while (at < bytes.length && progress == Progress.MORE) {
        int count = Math.min(bytes.length - at, 1 + cuts.nextInt(2 * bytes.length));
        in.put(in.end(), bytes, at, count);
        in.produced(count);
        at += count;
        progress = records.handshake(in);
      }
      assertThat(progress).isNotEqualTo(Progress.DONE);
      boolean answers = progress == Progress.MORE && !records.output().isEmpty();
      return answers ? records.info().serverName() : null;
    } finally {
      records.output().window(0, 0);
      records.free();
    }
  }
}
