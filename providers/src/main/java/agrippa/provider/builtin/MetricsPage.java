package agrippa.provider.builtin;

import agrippa.provider.builtin.Metrics.OfMember;
import agrippa.provider.builtin.Metrics.OfPool;
import agrippa.proxy.PlanMeter;
import agrippa.proxy.PlanMeter.EndpointMeter;
import agrippa.proxy.PlanMeter.FrontendMeter;
import agrippa.proxy.plan.Frontend.Mode;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/// Metrics in Prometheus' text format, in pieces of some kilobytes. All samples of a metric stand
/// together, as the format wants it.
final class MetricsPage implements Iterator<byte[]> {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4";

  private static final int PIECE = 32 << 10;

  private final Iterator<Part> parts;

  private MetricsPage(Iterator<Part> parts) {
    this.parts = parts;
  }

  /// Some lines of the page: those of one metric, of all listeners for instance.
  @FunctionalInterface
  private interface Part {
    void write(StringBuilder out);
  }

  /// @param labels that tell it from others of its kind
  private record Labelled<T>(String labels, T meter) {}

  /// The page of one load balancer, of which listeners of UDP and SCTP are left out: in Octavia
  /// they are not HAProxy's, which makes the page.
  static MetricsPage of(PlanMeter all) {
    List<FrontendMeter> told =
        all.frontends().stream()
            .filter(it -> it.plan().mode() != Mode.UDP && it.plan().mode() != Mode.SCTP)
            .toList();
    PlanMeter plan = () -> told;
    List<Labelled<FrontendMeter>> listeners =
        plan.frontends().stream()
            .map(it -> new Labelled<>(label("listener", it.plan().name()), it))
            .sorted(Comparator.comparing(Labelled::labels))
            .toList();
    List<Labelled<OfPool>> pools = plan.frontends().stream().flatMap(MetricsPage::pools).toList();
    Stream<Part> parts =
        Stream.of(
                parts(Metrics.OF_LOAD_BALANCERS, List.of(new Labelled<>("", plan))),
                parts(Metrics.OF_LISTENERS, listeners),
                parts(Metrics.OF_POOLS, pools),
                Metrics.OF_MEMBERS.stream()
                    .flatMap(
                        family ->
                            Stream.concat(
                                Stream.<Part>of(family::head),
                                pools.stream().map(pool -> out -> members(family, pool, out)))))
            .flatMap(it -> it);
    return new MetricsPage(parts.iterator());
  }

  /// One of several load balancers.
  ///
  /// @param labels that tell it from the others
  record Balancer(String labels, PlanMeter meter) {}

  /// The page of any number of load balancers, listeners of datagrams included. What it says of
  /// each is as of when its lines are written: nothing is kept but which load balancers there
  /// are.
  static MetricsPage ofAll(List<Balancer> all) {
    Stream<Part> parts =
        Stream.of(
                each(
                    Metrics.OF_LOAD_BALANCERS,
                    all,
                    (family, it, out) -> family.samples(it.meter(), it.labels(), out)),
                each(
                    Metrics.OF_ALL_LISTENERS,
                    all,
                    (family, it, out) ->
                        it.meter()
                            .frontends()
                            .forEach(
                                listener -> family.samples(listener, labels(it, listener), out))),
                each(
                    Metrics.OF_POOLS,
                    all,
                    (family, it, out) ->
                        pools(it).forEach(p -> family.samples(p.meter(), p.labels(), out))),
                each(
                    Metrics.OF_MEMBERS,
                    all,
                    (family, it, out) -> pools(it).forEach(pool -> members(family, pool, out))))
            .flatMap(it -> it);
    return new MetricsPage(parts.iterator());
  }

  /// Writes what a metric says of a load balancer.
  @FunctionalInterface
  private interface Teller<T> {
    void tell(Family<T> family, Balancer balancer, StringBuilder out);
  }

  private static <T> Stream<Part> each(
      List<Family<T>> families, List<Balancer> all, Teller<T> teller) {
    return families.stream()
        .flatMap(
            family ->
                Stream.concat(
                    Stream.<Part>of(family::head),
                    all.stream().map(it -> out -> teller.tell(family, it, out))));
  }

  private static String labels(Balancer balancer, FrontendMeter listener) {
    return balancer.labels() + "," + label("listener", listener.plan().name());
  }

  private static Stream<Labelled<OfPool>> pools(Balancer balancer) {
    return balancer.meter().frontends().stream()
        .flatMap(MetricsPage::pools)
        .map(it -> new Labelled<>(balancer.labels() + "," + it.labels(), it.meter()));
  }

  private static Stream<Labelled<OfPool>> pools(FrontendMeter listener) {
    return listener.upstreams().stream()
        .map(
            it ->
                new Labelled<>(
                    label("pool", it.name() + ":" + listener.plan().name()),
                    new OfPool(it, Metrics.http(listener))))
        .sorted(Comparator.comparing(Labelled::labels));
  }

  private static String label(String name, String value) {
    return name + "=\"" + value + "\"";
  }

  private static <T> Stream<Part> parts(List<Family<T>> families, List<Labelled<T>> all) {
    return families.stream()
        .map(
            family ->
                out -> {
                  family.head(out);
                  all.forEach(it -> family.samples(it.meter(), it.labels(), out));
                });
  }

  /// A pool at a time, since there may be many members.
  private static void members(Family<OfMember> family, Labelled<OfPool> pool, StringBuilder out) {
    OfPool of = pool.meter();
    for (EndpointMeter member : of.meter().endpoints()) {
      String labels = pool.labels() + "," + label("member", member.plan().name());
      family.samples(new OfMember(member, of.http()), labels, out);
    }
  }

  @Override
  public boolean hasNext() {
    return parts.hasNext();
  }

  @Override
  public byte[] next() {
    StringBuilder out = new StringBuilder(PIECE + PIECE / 4);
    do {
      parts.next().write(out);
    } while (out.length() < PIECE && parts.hasNext());
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
