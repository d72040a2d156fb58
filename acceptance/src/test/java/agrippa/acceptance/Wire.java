package agrippa.acceptance;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests as some client writes them: any URL, any headers, nothing added, nothing followed.
final class Wire {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /// @param body JSON, unless there is none
  /// @param headers names and values in turn
  Answer send(String method, String url, @Nullable String body, String... headers)
      throws IOException, InterruptedException {
    BodyPublisher content = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).method(method, content);
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    return new Answer(answer.statusCode(), answer.headers(), answer.body());
  }

  static JsonNode read(String json) {
    return JSON.readTree(json);
  }

  Answer get(String url, String... headers) throws IOException, InterruptedException {
    return send("GET", url, null, headers);
  }

  /// What came back.
  record Answer(int status, HttpHeaders headers, String text) {
    /// The same, if this is its status.
    Answer is(int wanted) {
      if (status != wanted) {
        throw new AssertionError("expected " + wanted + " but got " + status + ": " + text);
      }
      return this;
    }

    JsonNode json() {
      return JSON.readTree(text);
    }

    /// A part of the body, by JSON pointer; missing if it is not there.
    JsonNode at(String pointer) {
      return json().at(pointer);
    }

    /// A text in the body, which must be there.
    String text(String pointer) {
      return at(pointer).stringValue();
    }

    /// The names on top, in order.
    List<String> keys() {
      return List.copyOf(json().propertyNames());
    }

    /// The same field of each item of a list.
    List<String> each(String list, String field) {
      List<String> all = new ArrayList<>();
      at("/" + list).forEach(it -> all.add(it.path(field).asString()));
      return all;
    }
  }

  /// A service as one user sees it: paths below a URL, with a token.
  record Service(Wire wire, String url, String token) {
    Answer get(String path) throws IOException, InterruptedException {
      return send("GET", path, null);
    }

    /// @param body a format for the arguments
    Answer post(String path, String body, Object... arguments)
        throws IOException, InterruptedException {
      return send("POST", path, body.formatted(arguments));
    }

    /// @param body a format for the arguments
    Answer put(String path, String body, Object... arguments)
        throws IOException, InterruptedException {
      return send("PUT", path, body.formatted(arguments));
    }

    Answer delete(String path) throws IOException, InterruptedException {
      return send("DELETE", path, null);
    }

    /// @param headers besides the token and the content's type
    Answer send(String method, String path, @Nullable String body, String... headers)
        throws IOException, InterruptedException {
      List<String> all = new ArrayList<>(List.of("X-Auth-Token", token));
      if (body != null) {
        all.addAll(List.of("Content-Type", "application/json"));
      }
      all.addAll(List.of(headers));
      return wire.send(method, url + path, body, all.toArray(String[]::new));
    }

    /// Waits as every client does: it asks until a resource says that it is ACTIVE.
    ///
    /// @return the resource
    JsonNode active(String path) throws IOException, InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        JsonNode resource = get(path).is(200).json().iterator().next();
        String status = resource.path("provisioning_status").stringValue();
        if (status.equals("ACTIVE")) {
          return resource;
        }
        if (!status.startsWith("PENDING_") || System.nanoTime() > deadline) {
          throw new AssertionError(resource);
        }
      }
    }

    /// Waits as every client does after a deletion: until there is nothing.
    void gone(String path) throws IOException, InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        Answer answer = get(path);
        if (answer.status() == 404) {
          return;
        }
        JsonNode resource = answer.is(200).json().iterator().next();
        if (!resource.path("provisioning_status").asString().equals("PENDING_DELETE")
            || System.nanoTime() > deadline) {
          throw new AssertionError(resource);
        }
      }
    }
  }
}
