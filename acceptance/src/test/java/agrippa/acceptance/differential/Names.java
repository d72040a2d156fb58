package agrippa.acceptance.differential;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What stands for what while a scenario is played against one cloud. Requests are written with
/// names; answers are read back into names, so that those of two clouds can be compared.
final class Names {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern NAME = Pattern.compile("\\$([a-z][a-z0-9_]*)");
  private static final Pattern REPEAT = Pattern.compile("<(.)\\*(\\d+)>");
  private static final Pattern RUN = Pattern.compile("(.)\\1{32,}");
  private static final Pattern ID =
      Pattern.compile("\\b[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\\b");
  private static final Pattern TIME =
      Pattern.compile("\\b20\\d\\d-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?");
  private static final Pattern CHOICES = Pattern.compile("(?<=should be one of: )[^\"]+");

  /// Ids that the requests themselves make up.
  private static final String MADE_UP = "00000000";

  private final Map<String, String> values = new HashMap<>();

  /// By value without dashes, in lower case.
  private final Map<String, String> ids = new HashMap<>();

  /// Other texts by value, longest first.
  private final Map<String, String> texts =
      new TreeMap<>((a, b) -> a.length() == b.length() ? a.compareTo(b) : b.length() - a.length());

  void bind(String name, String value) {
    values.put(name, value);
    if (ID.matcher(value).matches()) {
      ids.putIfAbsent(plain(value), name);
    } else {
      texts.putIfAbsent(value, name);
    }
  }

  /// Names an answer's resource, and all that it brought along: `lb` then has `lb_vip_port_id` and
  /// `lb_listeners_0`.
  ///
  /// @param request what the caller had chosen, which keeps its own face
  void bindAll(String name, JsonNode resource, String request) {
    String id = resource.path("id").asString(resource.path("name").asString(""));
    if (!id.isEmpty()) {
      bind(name, id);
    }
    for (String key : new TreeSet<>(resource.propertyNames())) {
      String inner = name + "_" + key;
      JsonNode value = resource.get(key);
      if (value.isArray()) {
        int at = 0;
        for (JsonNode item : inOrder(value)) {
          bindAll(inner + "_" + at++, item, request);
        }
      } else if (value.isObject()) {
        bindAll(inner, value, request);
      } else if (cloudChose(key, value, request)) {
        bind(inner, value.asString());
      }
    }
  }

  /// The same order in every cloud, so that the same things get the same names.
  private List<JsonNode> inOrder(JsonNode resources) {
    Map<JsonNode, JsonNode> original = new IdentityHashMap<>();
    resources.forEach(it -> original.put(normalise(it), it));
    return Order.sorted(List.copyOf(original.keySet())).stream().map(original::get).toList();
  }

  private boolean cloudChose(String key, JsonNode value, String request) {
    if (!value.isString() || key.equals("id") || request.contains(value.stringValue())) {
      return false;
    }
    boolean address = key.equals("vip_address") || key.equals("ip_address");
    return address
        || (ID.matcher(value.stringValue()).matches()
            && !ids.containsKey(plain(value.stringValue())));
  }

  /// A request as this cloud wants it. A name that stands for nothing becomes an id of nothing.
  String expand(String text) {
    String named =
        NAME.matcher(text)
            .replaceAll(
                it ->
                    Matcher.quoteReplacement(
                        values.getOrDefault(it.group(1), "00000000-0000-0000-0000-000000000000")));
    return REPEAT
        .matcher(named)
        .replaceAll(
            it -> Matcher.quoteReplacement(it.group(1).repeat(Integer.parseInt(it.group(2)))));
  }

  /// An answer in which nothing is left of this cloud in particular.
  Answer normalise(Answer answer) {
    Map<String, String> headers = new TreeMap<>();
    answer.headers().forEach((name, value) -> headers.put(name, normalise(value)));
    return new Answer(answer.status(), headers, normalise(answer.body()));
  }

  private JsonNode normalise(JsonNode node) {
    if (node.isString()) {
      return JSON.getNodeFactory().stringNode(normalise(node.stringValue()));
    }
    if (node.isArray()) {
      ArrayNode array = JSON.createArrayNode();
      node.forEach(it -> array.add(normalise(it)));
      return array;
    }
    if (node.isObject()) {
      ObjectNode object = JSON.createObjectNode();
      node.properties().forEach(it -> object.set(normalise(it.getKey()), normalise(it.getValue())));
      return object;
    }
    return node;
  }

  private String normalise(String text) {
    String shorter =
        RUN.matcher(text)
            .replaceAll(
                it -> Matcher.quoteReplacement("<%s*%d>".formatted(it.group(1), length(it))));
    String named = shorter;
    for (Map.Entry<String, String> it : texts.entrySet()) {
      String whole = "(?<!\\w)" + Pattern.quote(it.getKey()) + "(?!\\w)";
      named = named.replaceAll(whole, Matcher.quoteReplacement("<" + it.getValue() + ">"));
    }
    named = ID.matcher(named).replaceAll(it -> id(it.group()));
    String timeless = TIME.matcher(named).replaceAll("<time>");
    return CHOICES.matcher(timeless).replaceAll(it -> Matcher.quoteReplacement(sorted(it.group())));
  }

  private static int length(MatchResult run) {
    return run.end() - run.start();
  }

  private String id(String id) {
    return id.startsWith(MADE_UP) ? id : "<" + ids.getOrDefault(plain(id), "id") + ">";
  }

  /// Octavia prints these from a set, whose order means nothing.
  private static String sorted(String choices) {
    return Stream.of(choices.split(", ")).sorted().collect(Collectors.joining(", "));
  }

  private static String plain(String id) {
    return id.replace("-", "").toLowerCase(Locale.ROOT);
  }
}
