package agrippa.cloud.secret;

import agrippa.cloud.openstack.Answer;
import agrippa.cloud.openstack.ServiceClient;
import agrippa.cloud.openstack.ServiceClient.Question;
import agrippa.control.spi.ServiceUnavailableException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads secrets and containers as the service user.
final class BarbicanReader {
  private static final int LONGEST_TYPE = 255;

  private final ServiceClient barbican;

  BarbicanReader(ServiceClient barbican) {
    this.barbican = barbican;
  }

  /// A secret's payload, or nothing if there is none that the service user may read. Barbican wants
  /// to be asked for the very media type that the secret has.
  ///
  /// @throws ServiceUnavailableException if Barbican does not answer
  Optional<byte[]> payload(Reference secret) {
    Optional<String> type =
        read(Question.get(secret.path()))
            .map(it -> it.json().path("content_types").path("default").asString(""))
            .filter(BarbicanReader::mediaType);
    return type.flatMap(it -> read(Question.get(secret.path() + "/payload", it)))
        .map(Answer::body)
        .filter(it -> it.length > 0);
  }

  private static boolean mediaType(String text) {
    return !text.isEmpty()
        && text.length() <= LONGEST_TYPE
        && text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  /// The secrets of a certificate container, by their names in it; empty if there is no such
  /// container.
  Map<String, Reference> parts(Reference container) {
    return read(Question.get(container.path())).map(it -> parts(it.json())).orElseGet(Map::of);
  }

  static Map<String, Reference> parts(JsonNode container) {
    Map<String, Reference> parts = new HashMap<>();
    if (container.path("type").asString("").equals("certificate")) {
      for (JsonNode part : container.path("secret_refs")) {
        Reference.of(part.path("secret_ref").asString(""))
            .filter(it -> it.kind() == Reference.Kind.SECRET)
            .ifPresent(it -> parts.put(part.path("name").asString(""), it));
      }
    }
    return Map.copyOf(parts);
  }

  private Optional<Answer> read(Question question) {
    Answer answer = barbican.asService(question);
    return switch (answer.status()) {
      case 200 -> Optional.of(answer);
      case 403, 404, 406, 410 -> Optional.empty();
      default ->
          throw new ServiceUnavailableException(
              "Barbican answers " + question.path() + " with status " + answer.status());
    };
  }
}
