package agrippa.provider.builtin;

import agrippa.model.L7Action;
import agrippa.model.L7Policy;
import agrippa.model.Listener;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerTree;
import agrippa.proxy.plan.Compression;
import agrippa.proxy.plan.PerClient;
import agrippa.proxy.plan.Rewriting;
import agrippa.proxy.plan.Route;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What extensions say about clients of a listener and their messages.
final class ListenerTags {
  /// What is text, or nearly so: much smaller when it is compressed, and not compressed already.
  private static final List<String> COMPRESSED_TYPES =
      List.of(
          "text/*",
          "application/javascript",
          "application/json",
          "application/ld+json",
          "application/manifest+json",
          "application/problem+json",
          "application/atom+xml",
          "application/rss+xml",
          "application/wasm",
          "application/xhtml+xml",
          "application/xml",
          "image/svg+xml");

  /// What only listeners that read HTTP have.
  private static final List<Extension<?>> OF_HTTP =
      List.of(
          ListenerExtensions.COMPRESSION,
          ListenerExtensions.COMPRESSION_TYPES,
          ListenerExtensions.REQUEST_HEADER,
          ListenerExtensions.RESPONSE_HEADER);

  private ListenerTags() {}

  /// What each client may have. What the flavor says is the operator's bound: tags may say less,
  /// but not more.
  static PerClient perClient(Extended asked) {
    PerClient.Rate rate = asked.get(ListenerExtensions.RATE_LIMIT).orElse(null);
    PerClient.Rate most = asked.ofFlavor(ListenerExtensions.RATE_LIMIT).orElse(null);
    int connections = asked.get(ListenerExtensions.CLIENT_CONNECTIONS).orElse(0);
    int mostConnections = asked.ofFlavor(ListenerExtensions.CLIENT_CONNECTIONS).orElse(connections);
    return new PerClient(
        rate == null || most == null ? rate : lower(rate, most),
        Math.min(connections, mostConnections));
  }

  private static PerClient.Rate lower(PerClient.Rate one, PerClient.Rate other) {
    boolean first = one.count() * other.periodMillis() <= (long) other.count() * one.periodMillis();
    PerClient.Rate slower = first ? one : other;
    return new PerClient.Rate(
        slower.count(), slower.periodMillis(), Math.min(one.burst(), other.burst()));
  }

  static Rewriting rewriting(Listener listener, Extended asked) {
    return routes(listener)
        ? new Rewriting(
            asked.all(ListenerExtensions.REQUEST_HEADER),
            asked.all(ListenerExtensions.RESPONSE_HEADER))
        : Rewriting.NONE;
  }

  static Compression compression(Listener listener, Extended asked) {
    List<Compression.Coding> codings =
        asked.get(ListenerExtensions.COMPRESSION).filter(_ -> routes(listener)).orElse(List.of());
    return codings.isEmpty()
        ? Compression.NONE
        : new Compression(
            codings, asked.get(ListenerExtensions.COMPRESSION_TYPES).orElse(COMPRESSED_TYPES));
  }

  /// What a policy answers with in place of 403, or null.
  static Route.Action.@Nullable Respond answer(L7Policy policy) {
    return Extended.of(policy.labels()).get(ListenerExtensions.RESPOND).orElse(null);
  }

  /// The first tag of a listener or a policy that could have no effect there. What a load
  /// balancer or a flavor says is for those listeners that it fits.
  static Optional<String> complaint(LoadBalancerTree tree) {
    return tree.listeners().stream()
        .flatMap(
            it ->
                Stream.concat(
                    complaint(it).stream(),
                    it.policies().stream().flatMap(each -> complaint(each).stream())))
        .findFirst();
  }

  private static Optional<String> complaint(Listener listener) {
    Extended own = Extended.of(listener.labels());
    if (listener.protocol() == ListenerProtocol.UDP
        && own.get(ListenerExtensions.CLIENT_CONNECTIONS).isPresent()) {
      return Optional.of(
          "Tag 'agrippa:client_connections': UDP protocol listeners have no connections.");
    }
    return OF_HTTP.stream()
        .filter(it -> !routes(listener) && !own.all(it).isEmpty())
        .map(
            it ->
                "Tag 'agrippa:%s': only HTTP and TERMINATED_HTTPS protocol listeners have it."
                    .formatted(it.key()))
        .findFirst();
  }

  private static boolean routes(Listener listener) {
    return List.of(ListenerProtocol.HTTP, ListenerProtocol.TERMINATED_HTTPS)
        .contains(listener.protocol());
  }

  private static Optional<String> complaint(L7Policy policy) {
    return policy.action() instanceof L7Action.Reject || answer(policy) == null
        ? Optional.empty()
        : Optional.of("Tag 'agrippa:respond': only policies of the action REJECT respond.");
  }
}
