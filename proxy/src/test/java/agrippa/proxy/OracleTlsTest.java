package agrippa.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.OracleTlsPlans.Chapter;
import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// As [OracleTest], with clients and endpoints that speak TLS, on both transports and with both
/// kinds of TLS. Nothing may differ.
class OracleTlsTest {
  @TempDir Path folder;

  @Test
  void isToldTheSameByHaproxy() throws Exception {
    assumeTrue(HaproxyProcess.installed(), "HAProxy is not installed");
    try (Fixture epoll = new Fixture(TransportKind.EPOLL, TlsKind.OPENSSL);
        Fixture nio = new Fixture(TransportKind.NIO, TlsKind.OPENSSL);
        Fixture jdk = new Fixture(TransportKind.EPOLL, TlsKind.JDK);
        Fixture jdkOnNio = new Fixture(TransportKind.NIO, TlsKind.JDK);
        Haproxy haproxy = new Haproxy(folder);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Chapter> chapters = new OracleTlsPlans(epoll).chapters;
      for (Chapter each : chapters) {
        haproxy.add(each.plan());
      }
      haproxy.start();
      List<Future<String>> running = new ArrayList<>();
      for (Chapter each : chapters) {
        List<InetSocketAddress> at = new ArrayList<>();
        at.add(haproxy.address(each.plan().name()));
        for (Fixture fixture : List.of(epoll, nio, jdk, jdkOnNio)) {
          at.add(fixture.serve(each.plan()));
        }
        running.add(threads.submit(() -> differences(each, at)));
      }
      StringBuilder differences = new StringBuilder();
      for (Future<String> each : running) {
        differences.append(each.get());
      }
      assertThat(differences.toString()).isEmpty();
    }
  }

  /// @param at HAProxy, then the proxy with OpenSSL on two transports, and with the JDK's TLS
  private static String differences(Chapter chapter, List<InetSocketAddress> at) throws Exception {
    StringBuilder all = new StringBuilder();
    for (OracleTlsAsked asked : chapter.asked()) {
      String title = chapter.plan().name() + ": " + asked.name();
      List<String> told = new ArrayList<>();
      for (InetSocketAddress each : at) {
        told.add(asked.outcome(chapter.heard(), each));
      }
      assertThat(told.get(2)).as(title + " on NIO").isEqualTo(told.get(1));
      assertThat(told.get(4)).as(title + " on NIO with the JDK's TLS").isEqualTo(told.get(3));
      String first = told.getFirst();
      if (!told.get(1).equals(first)) {
        all.append(title).append('\n').append(OracleTest.difference(told.get(1), first));
      }
      if (!told.get(3).equals(told.get(1))) {
        all.append(title).append(", JDK\n").append(OracleTest.difference(told.get(3), first));
      }
    }
    return all.toString();
  }
}
