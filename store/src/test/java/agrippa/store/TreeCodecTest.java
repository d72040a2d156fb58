package agrippa.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.testing.RandomTrees;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TreeCodecTest {
  private final TreeCodec codec = new TreeCodec();
  private final JsonMapper json = new JsonMapper();

  @Test
  void readsWhatItWrites() {
    var trees = new RandomTrees(1);
    for (int i = 0; i < 500; i++) {
      var tree = trees.next();
      assertThat(codec.read(codec.write(tree))).isEqualTo(tree);
    }
  }

  @Test
  void refusesAMissingFieldAnywhere() {
    var document = json.readTree(codec.write(new RandomTrees(2).next()));
    for (var object : objects(document)) {
      for (var field : List.copyOf(object.propertyNames())) {
        var value = object.remove(field);
        if (!isFreeMap(field, object)) {
          assertThatThrownBy(() -> codec.read(document.toString()))
              .as("without %s", field)
              .isInstanceOf(JacksonException.class);
        }
        object.set(field, value);
      }
    }
  }

  @Test
  void refusesAnUnknownFieldAnywhere() {
    var document = json.readTree(codec.write(new RandomTrees(2).next()));
    for (var object : objects(document)) {
      if (!isHeaderMap(document, object)) {
        object.put("surprise", 1);
        assertThatThrownBy(() -> codec.read(document.toString()))
            .isInstanceOf(JacksonException.class)
            .hasMessageContaining("surprise");
        object.remove("surprise");
      }
    }
  }

  private static boolean isFreeMap(String field, ObjectNode object) {
    return !object.has("lifecycle") && !field.matches("[a-z][A-Za-z7]*");
  }

  private static boolean isHeaderMap(JsonNode document, ObjectNode object) {
    return document.findValues("insertHeaders").contains(object);
  }

  private static List<ObjectNode> objects(JsonNode node) {
    var found = new ArrayList<ObjectNode>();
    if (node instanceof ObjectNode object) {
      found.add(object);
    }
    node.forEach(child -> found.addAll(objects(child)));
    return found;
  }
}
