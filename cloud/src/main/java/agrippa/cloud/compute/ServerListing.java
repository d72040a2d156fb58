package agrippa.cloud.compute;

import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Filters, sorting and pages of Nova's lists.
final class ServerListing {
  private static final int MOST = 1_000;
  private static final Set<String> TRUE = Set.of("1", "true", "t", "on", "y", "yes");

  private final Call call;
  private final Request request;

  private ServerListing(Call call) {
    this.call = call;
    this.request = call.request();
  }

  /// @param all newest first
  /// @param shown each server as the list shows it
  /// @param addresses of a server, as texts
  static Reply reply(
      Call call,
      List<Server> all,
      BiFunction<Server, Call, ObjectNode> shown,
      Function<Server, List<String>> addresses) {
    return new ServerListing(call).reply(all, shown, addresses);
  }

  private Reply reply(
      List<Server> all,
      BiFunction<Server, Call, ObjectNode> shown,
      Function<Server, List<String>> addresses) {
    List<Server> matching =
        all.stream()
            .filter(it -> it.life().plugged())
            .filter(inScope())
            .filter(filter(addresses))
            .sorted(order())
            .toList();
    int limit = number("limit", MOST);
    int from = request.query("marker").map(it -> after(matching, it)).orElse(0);
    int to = Math.min(matching.size(), from + Math.min(limit, MOST));
    ObjectNode body = Json.object();
    ArrayNode servers = body.putArray("servers");
    matching.subList(from, to).forEach(it -> servers.add(shown.apply(it, call)));
    if (limit > 0 && to - from == Math.min(limit, MOST)) {
      body.putArray("servers_links")
          .add(Call.link("next", next(call, matching.get(to - 1).id().toString())));
    }
    return Reply.json(200, body);
  }

  private int number(String name, int usual) {
    String text = request.query(name).orElse(Integer.toString(usual));
    if (!text.matches("\\d{1,9}")) {
      throw Refused.invalid(name, "Value: " + text + ". '" + text + "' does not match '^[0-9]*$'");
    }
    return Integer.parseInt(text);
  }

  private static int after(List<Server> servers, String marker) {
    for (int i = 0; i < servers.size(); i++) {
      if (servers.get(i).id().toString().equals(marker)) {
        return i + 1;
      }
    }
    throw Refused.bad("marker [" + marker + "] not found");
  }

  /// The address of the page behind this one.
  static String next(Call call, String marker) {
    Request request = call.request();
    String kept =
        request.query().entrySet().stream()
            .filter(it -> !it.getKey().equals("marker"))
            .flatMap(it -> it.getValue().stream().map(value -> pair(it.getKey(), value)))
            .collect(Collectors.joining("&"));
    return request.baseUrl()
        + request.path()
        + "?"
        + (kept.isEmpty() ? "" : kept + "&")
        + pair("marker", marker);
  }

  private static String pair(String name, String value) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8)
        + "="
        + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private Predicate<Server> inScope() {
    boolean all = request.query("all_tenants").filter(it -> it.isEmpty() || isTrue(it)).isPresent();
    if (all) {
      call.needAdmin("servers:index:get_all_tenants");
      return any -> true;
    }
    var project = call.project();
    return it -> it.project().equals(project);
  }

  private static boolean isTrue(String text) {
    return TRUE.contains(text.toLowerCase(Locale.ROOT));
  }

  private Predicate<Server> filter(Function<Server, List<String>> addresses) {
    return request.query().entrySet().stream()
        .map(it -> filter(it.getKey(), it.getValue(), addresses))
        .reduce(any -> true, Predicate::and);
  }

  private Predicate<Server> filter(
      String name, List<String> values, Function<Server, List<String>> addresses) {
    String value = values.getLast();
    return switch (name) {
      case "name" -> it -> contains(it.words().name(), value);
      case "status" -> it -> values.stream().anyMatch(each -> each.equalsIgnoreCase(it.status()));
      case "vm_state" -> it -> it.life().state().text().equals(value);
      case "uuid" -> it -> it.id().toString().equals(value);
      case "image" -> {
        String id = value.substring(value.lastIndexOf('/') + 1);
        yield it -> it.origin().image().toString().equals(id);
      }
      case "flavor" -> {
        String id = value.substring(value.lastIndexOf('/') + 1);
        yield it -> it.origin().flavor().id().equals(id);
      }
      case "project_id", "tenant_id" ->
          it -> !call.caller().admin() || it.project().value().equals(value);
      case "user_id" -> it -> it.user().equals(value);
      case "key_name" -> it -> value.equals(it.origin().keyName());
      case "availability_zone" -> _ -> value.equals(ServerJson.ZONE);
      case "locked" -> it -> !call.since(73) || it.words().locked() == isTrue(value);
      case "hostname" -> it -> contains(it.origin().hostname(), value);
      case "ip", "ip6" -> it -> addresses.apply(it).stream().anyMatch(ip -> contains(ip, value));
      case "deleted" -> _ -> !isTrue(value);
      case "changes-since" -> since(name, value);
      case "changes-before" -> since(name, value).negate();
      case "tags" -> it -> !call.since(26) || it.words().tags().containsAll(words(value));
      case "tags-any" ->
          it -> !call.since(26) || words(value).stream().anyMatch(it.words().tags()::contains);
      case "not-tags" -> it -> !call.since(26) || !it.words().tags().containsAll(words(value));
      case "not-tags-any" ->
          it -> !call.since(26) || words(value).stream().noneMatch(it.words().tags()::contains);
      default -> _ -> true;
    };
  }

  private static List<String> words(String value) {
    return Stream.of(value.split(",")).toList();
  }

  /// Nova takes regular expressions; of these, the anchors at both ends.
  private static boolean contains(String text, String wanted) {
    boolean start = wanted.startsWith("^");
    boolean end = wanted.endsWith("$");
    String core =
        wanted.substring(start ? 1 : 0, wanted.length() - (end && !wanted.equals("^") ? 1 : 0));
    if (start && end) {
      return text.equals(core);
    }
    if (start) {
      return text.startsWith(core);
    }
    return end ? text.endsWith(core) : text.contains(core);
  }

  private static Predicate<Server> since(String name, String value) {
    try {
      String text = value.replace(' ', '+');
      Instant time =
          text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
              ? OffsetDateTime.parse(text).toInstant()
              : java.time.LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
      return it -> !it.life().updated().isBefore(time);
    } catch (DateTimeParseException e) {
      throw Refused.invalid(name, "Value: " + value + ". It is no date-time");
    }
  }

  private Comparator<Server> order() {
    List<String> keys = request.query().getOrDefault("sort_key", List.of());
    List<String> directions = request.query().getOrDefault("sort_dir", List.of());
    Comparator<Server> order = (_, _) -> 0;
    for (int i = 0; i < keys.size(); i++) {
      Comparator<Server> one = order(keys.get(i));
      String direction = i < directions.size() ? directions.get(i) : "desc";
      order = order.thenComparing(direction.equals("asc") ? one : one.reversed());
    }
    return order;
  }

  private static Comparator<Server> order(String key) {
    return switch (key) {
      case "created_at" -> Comparator.comparing(Server::created);
      case "updated_at" -> Comparator.comparing((Server it) -> it.life().updated());
      case "display_name", "name" -> Comparator.comparing((Server it) -> it.words().name());
      case "uuid", "id" -> Comparator.comparing(it -> it.id().toString());
      case "vm_state", "status" -> Comparator.comparing(Server::status);
      case "project_id" -> Comparator.comparing(it -> it.project().value());
      case "user_id" -> Comparator.comparing(Server::user);
      case "key_name" -> Comparator.comparing(it -> String.valueOf(it.origin().keyName()));
      case "image_ref" -> Comparator.comparing(it -> it.origin().image().toString());
      case "host", "node", "power_state", "task_state", "display_description" -> (_, _) -> 0;
      default -> throw Refused.invalid("sort_key", "Value: " + key);
    };
  }

  /// The texts in an object of addresses.
  static List<String> texts(ObjectNode addresses) {
    return addresses
        .valueStream()
        .flatMap(JsonNode::valueStream)
        .map(it -> it.path("addr").asString())
        .toList();
  }
}
