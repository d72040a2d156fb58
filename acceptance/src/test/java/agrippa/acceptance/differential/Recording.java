package agrippa.acceptance.differential;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// What Octavia answered, in a file: one exchange a line, as JSON.
public final class Recording {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Recording() {}

  public static List<Exchange> read(Path file) throws IOException {
    List<Exchange> exchanges = new ArrayList<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      exchanges.add(exchange(JSON.readTree(line)));
    }
    return exchanges;
  }

  private static Exchange exchange(JsonNode line) {
    Map<String, String> headers = new TreeMap<>();
    line.path("headers").properties().forEach(it -> headers.put(it.getKey(), text(it.getValue())));
    JsonNode body = line.has("body") ? line.get("body") : MissingNode.getInstance();
    return new Exchange(
        line.path("request").asString(), new Answer(line.path("status").intValue(), headers, body));
  }

  private static String text(JsonNode node) {
    return node.asString();
  }

  public static void write(Path file, List<Exchange> exchanges) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Exchange exchange : exchanges) {
      Answer answer = exchange.answer();
      ObjectNode line = JSON.createObjectNode().put("request", exchange.request());
      line.put("status", answer.status());
      ObjectNode headers = line.putObject("headers");
      answer.headers().forEach(headers::put);
      if (!answer.body().isMissingNode()) {
        line.set("body", answer.body());
      }
      lines.append(JSON.writeValueAsString(line)).append('\n');
    }
    Files.writeString(file, lines);
  }
}
