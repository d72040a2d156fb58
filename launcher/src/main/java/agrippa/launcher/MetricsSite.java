package agrippa.launcher;

import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.provider.builtin.MetricLabels;
import agrippa.provider.builtin.MetricSink;
import agrippa.provider.builtin.PrometheusText;
import agrippa.web.PlainEdge;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Routes;
import agrippa.web.Site;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// `/metrics`: what all load balancers count, and the process itself, for operators alone. The page
/// is made piece by piece while it is sent.
final class MetricsSite {
  private static final String TYPE = "text/plain; version=0.0.4";
  private static final List<String> FORWARDED =
      List.of("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via");

  /// Who may read it.
  enum Readers {
    /// Who comes from this machine, and admins.
    LOCAL,
    /// Who shows an admin's token.
    ADMINS,
    /// Nobody: there is no such page.
    NOBODY
  }

  /// A metric of the process.
  ///
  /// @param name ends in `_total` if it counts
  /// @param help what it tells, in one sentence
  record OfProcess(String name, String help, LongSupplier value) {
    void tell(MetricSink out) {
      out.metric(name, help);
      out.sample(MetricLabels.NONE, value.getAsLong());
    }
  }

  private final Readers readers;
  private final boolean behindProxy;
  private final Identity identity;
  private final List<OfProcess> process;
  private final Supplier<Iterator<byte[]>> balancers;

  /// @param behindProxy whether clients' addresses are told by a proxy that is believed
  /// @param process what is told of the process
  /// @param balancers makes the page about load balancers
  MetricsSite(
      Readers readers,
      boolean behindProxy,
      Identity identity,
      List<OfProcess> process,
      Supplier<Iterator<byte[]>> balancers) {
    this.readers = readers;
    this.behindProxy = behindProxy;
    this.identity = identity;
    this.process = process;
    this.balancers = balancers;
  }

  Site site() {
    Routes routes = new Routes().get("/", _ -> page());
    return new Site("/metrics", routes, this::guard, new PlainEdge());
  }

  private Reply guard(Request request, Routes.Handler next) {
    return switch (readers) {
      case NOBODY -> Reply.text(404, "Nothing is here.");
      case LOCAL -> local(request) || admin(request) ? next.handle(request) : refused();
      case ADMINS -> admin(request) ? next.handle(request) : refused();
    };
  }

  /// A proxy on this machine would make everybody local: where none is expected, what looks as if
  /// it came through one does not count.
  private boolean local(Request request) {
    boolean passedOn = !behindProxy && FORWARDED.stream().anyMatch(request.headers()::containsKey);
    return !passedOn && loopback(request.client());
  }

  private static boolean loopback(String address) {
    try {
      return InetAddress.ofLiteral(address).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      // A proxy may hide it.
      return false;
    }
  }

  private boolean admin(Request request) {
    return request
        .header("x-auth-token")
        .flatMap(identity::authenticate)
        .filter(Caller::admin)
        .isPresent();
  }

  private static Reply refused() {
    return Reply.text(401, "Show an admin's token in X-Auth-Token, or ask from this machine.");
  }

  private Reply page() {
    Iterator<byte[]> rest = balancers.get();
    byte[] first = ofProcess();
    return Reply.pieces(
        200,
        TYPE,
        new Iterator<>() {
          private boolean begun;

          @Override
          public boolean hasNext() {
            return !begun || rest.hasNext();
          }

          @Override
          public byte[] next() {
            if (begun) {
              return rest.next();
            }
            begun = true;
            return first;
          }
        });
  }

  private byte[] ofProcess() {
    StringBuilder out = new StringBuilder();
    MetricSink text = new PrometheusText(out);
    process.forEach(it -> it.tell(text));
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
