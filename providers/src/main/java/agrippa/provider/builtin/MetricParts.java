package agrippa.provider.builtin;

import agrippa.provider.builtin.Metrics.OfMember;
import agrippa.provider.builtin.Metrics.OfPool;
import agrippa.proxy.PlanMeter;
import agrippa.proxy.PlanMeter.EndpointMeter;
import agrippa.proxy.PlanMeter.FrontendMeter;
import agrippa.proxy.PlanMeter.UpstreamMeter;
import agrippa.proxy.plan.Frontend.Mode;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What there is to tell of load balancers, metric by metric, in parts that are small however much
/// it is.
final class MetricParts {
  private MetricParts() {}

  /// Some of it: what one metric says of all listeners, for instance.
  @FunctionalInterface
  interface Part {
    void tell(MetricSink out);
  }

  /// @param labels that tell it from others of its kind
  private record Labelled<T>(MetricLabels labels, T meter) {}

  /// Of one load balancer, of which listeners of UDP and SCTP are left out: in Octavia
  /// they are not HAProxy's, which makes the page.
  static Stream<Part> of(PlanMeter all) {
    List<FrontendMeter> told =
        all.frontends().stream()
            .filter(it -> it.plan().mode() != Mode.UDP && it.plan().mode() != Mode.SCTP)
            .toList();
    PlanMeter plan = () -> told;
    List<Labelled<FrontendMeter>> listeners =
        plan.frontends().stream()
            .sorted(Comparator.comparing(it -> it.plan().name()))
            .map(it -> new Labelled<>(labels(MetricLabels.NONE, it), it))
            .toList();
    List<Labelled<OfPool>> pools =
        plan.frontends().stream().flatMap(it -> pools(MetricLabels.NONE, it)).toList();
    return Stream.of(
            parts(Metrics.OF_LOAD_BALANCERS, List.of(new Labelled<>(MetricLabels.NONE, plan))),
            parts(Metrics.OF_LISTENERS, listeners),
            parts(Metrics.OF_POOLS, pools),
            Metrics.OF_MEMBERS.stream()
                .flatMap(
                    family ->
                        Stream.concat(
                            Stream.<Part>of(family::head),
                            pools.stream().map(pool -> out -> members(family, pool, out)))))
        .flatMap(it -> it);
  }

  /// One of several load balancers.
  ///
  /// @param labels that tell it from the others
  record Balancer(MetricLabels labels, PlanMeter meter) {}

  /// Of any number of load balancers, listeners of datagrams included. What is told of each is as
  /// of when its part is told: nothing is kept but which load balancers there
  /// are.
  static Stream<Part> ofAll(List<Balancer> all) {
    return Stream.of(
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
                            listener ->
                                family.samples(listener, labels(it.labels(), listener), out))),
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
  }

  /// Tells what a metric says of a load balancer.
  @FunctionalInterface
  private interface Teller<T> {
    void tell(Family<T> family, Balancer balancer, MetricSink out);
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

  private static MetricLabels labels(MetricLabels balancer, FrontendMeter listener) {
    return balancer.and("listener", listener.plan().name());
  }

  private static Stream<Labelled<OfPool>> pools(Balancer balancer) {
    return balancer.meter().frontends().stream().flatMap(it -> pools(balancer.labels(), it));
  }

  private static Stream<Labelled<OfPool>> pools(MetricLabels balancer, FrontendMeter listener) {
    return listener.upstreams().stream()
        .sorted(Comparator.comparing(UpstreamMeter::name))
        .map(
            it ->
                new Labelled<>(
                    balancer.and("pool", it.name() + ":" + listener.plan().name()),
                    new OfPool(it, Metrics.http(listener))));
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
  private static void members(Family<OfMember> family, Labelled<OfPool> pool, MetricSink out) {
    OfPool of = pool.meter();
    for (EndpointMeter member : of.meter().endpoints()) {
      family.samples(
          new OfMember(member, of.http()), pool.labels().and("member", member.plan().name()), out);
    }
  }
}
