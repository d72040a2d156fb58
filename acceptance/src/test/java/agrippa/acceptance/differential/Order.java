package agrippa.acceptance.differential;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Puts resources in an order where Octavia's means nothing: within other resources it is the
/// database's, and in a list for which none was asked it is that of seconds and then of random ids.
final class Order {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();
  private static final Pattern ASKED_FOR = Pattern.compile(" /$|[?&]sort(_key)?=\\w");
  private static final Pattern STATUS =
      Pattern.compile("\"(operating|provisioning)_status\":\"\\w+\"");

  private Order() {}

  /// An answer's body in names.
  ///
  /// @param request says whether an order was asked for
  static JsonNode of(JsonNode body, String request) {
    return of(body, ASKED_FOR.matcher(request).find() ? 0 : 1);
  }

  /// @param depth how deep the node is; a list of resources that was asked for is at 1
  private static JsonNode of(JsonNode node, int depth) {
    if (node.isArray()) {
      List<JsonNode> items = new ArrayList<>();
      node.forEach(it -> items.add(of(it, depth + 1)));
      ArrayNode array = JSON.createArrayNode();
      return array.addAll(depth > 1 ? sorted(items) : items);
    }
    if (node.isObject()) {
      ObjectNode object = JSON.createObjectNode();
      node.properties().forEach(it -> object.set(it.getKey(), of(it.getValue(), depth + 1)));
      return object;
    }
    return node;
  }

  /// Sorts resources; leaves lists of other things as they are.
  static List<JsonNode> sorted(List<JsonNode> items) {
    if (!items.stream().allMatch(JsonNode::isObject)) {
      return items;
    }
    return items.stream()
        .sorted(
            Comparator.comparing((JsonNode it) -> it.path("name").asString(""))
                .thenComparing(Order::text))
        .toList();
  }

  private static String text(JsonNode item) {
    String text = JSON.writeValueAsString(JSON.convertValue(item, Object.class));
    return STATUS.matcher(text).replaceAll("");
  }
}
