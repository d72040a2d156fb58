package agrippa.cloud.openstack;

import agrippa.control.spi.ServiceUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// HTTP with a limit on everything: the time until a connection is there, the time until the whole
/// answer is there, and the answer's size. Follows no redirect, since requests carry tokens.
public final class RestClient implements AutoCloseable {
  private static final int LARGEST_ANSWER = 16 << 20;
  private static final Duration LONGEST_CONNECTING = Duration.ofSeconds(5);

  private final HttpClient http;
  private final Duration timeout;

  /// @param timeout of a whole exchange
  /// @param trust whose certificates are good, or null for those that the JDK trusts
  public RestClient(Duration timeout, @Nullable SSLContext trust) {
    this.timeout = timeout;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(
                timeout.compareTo(LONGEST_CONNECTING) < 0 ? timeout : LONGEST_CONNECTING);
    this.http = trust == null ? builder.build() : builder.sslContext(trust).build();
  }

  /// A request.
  ///
  /// @param body JSON, or null for none
  public record Ask(String method, URI url, Map<String, String> headers, byte @Nullable [] body) {
    /// Leaves headers and body out, which may be secrets.
    @Override
    public String toString() {
      return method + " " + url;
    }
  }

  /// @param service its name, for messages
  /// @throws ServiceUnavailableException if no whole answer comes in time, or one that says that
  ///     the service is out of order
  public Answer send(String service, Ask ask) {
    Answer answer = sendTwice(service, ask);
    if (answer.passing()) {
      throw new ServiceUnavailableException(
          service + " answers " + ask + " with status " + answer.status());
    }
    return answer;
  }

  /// A server may close an idle connection just when it is used again; a second one is new. What is
  /// asked here may be asked twice: all requests that create something say or check its name first.
  private Answer sendTwice(String service, Ask ask) {
    try {
      return exchange(ask);
    } catch (TimeoutException e) {
      throw unavailable(service, ask, "no answer within " + timeout.toMillis() + " ms", e);
    } catch (IOException first) {
      try {
        return exchange(ask);
      } catch (TimeoutException e) {
        throw unavailable(service, ask, "no answer within " + timeout.toMillis() + " ms", e);
      } catch (IOException e) {
        throw unavailable(service, ask, reason(e), e);
      }
    }
  }

  /// Connections that are refused say nothing but their class.
  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static ServiceUnavailableException unavailable(
      String service, Ask ask, String reason, Exception cause) {
    return new ServiceUnavailableException(
        "%s at %s does not answer: %s".formatted(service, ask.url().getAuthority(), reason), cause);
  }

  private Answer exchange(Ask ask) throws IOException, TimeoutException {
    // The request's own timeout ends with the head of the answer; this one does with its body.
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(
            request(ask), BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER));
    try {
      HttpResponse<byte[]> response = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      answer.cancel(true);
    }
  }

  private static HttpRequest request(Ask ask) {
    byte[] body = ask.body();
    BodyPublisher content =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
    HttpRequest.Builder request = HttpRequest.newBuilder(ask.url()).method(ask.method(), content);
    ask.headers().forEach(request::setHeader);
    if (body != null) {
      request.setHeader("Content-Type", "application/json");
    }
    return request.build();
  }

  /// Whether a text can be sent as the value of a header.
  public static boolean isHeaderValue(String text, int longest) {
    Predicate<String> visible = it -> it.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return !text.isEmpty() && text.length() <= longest && visible.test(text);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
