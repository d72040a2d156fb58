package agrippa.cloud.openstack;

import static java.lang.System.Logger.Level.WARNING;

import agrippa.control.spi.ServiceUnavailableException;
import agrippa.web.Json;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The service user's session with Keystone: a token that is renewed before it expires, and the
/// catalogue that came with it.
public final class KeystoneSession {
  private static final System.Logger LOG = System.getLogger(KeystoneSession.class.getName());
  private static final String SERVICE = "Keystone";
  private static final Duration RENEWED_BEFORE = Duration.ofSeconds(60);
  // Wrong passwords may lock the user out, and all who wait while Keystone is away would wait in
  // turn.
  private static final Duration REST_AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration REST_AFTER_REFUSAL = Duration.ofSeconds(10);

  private final RestClient rest;
  private final Place place;
  private final ServiceUser user;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Token current;
  // Guarded by the lock.
  private @Nullable Failure failure;

  /// @param user who logs in
  public KeystoneSession(RestClient rest, Place place, ServiceUser user, InstantSource clock) {
    this.rest = rest;
    this.place = place;
    this.user = user;
    this.clock = clock;
  }

  /// Which of the cloud's endpoints are used.
  ///
  /// @param keystone its URL, with version or without
  /// @param region of endpoints, or null for any
  /// @param face of endpoints: public, internal or admin
  public record Place(URI keystone, @Nullable String region, String face) {}

  /// The service user's token.
  ///
  /// @param secret what is sent
  /// @param renewal from when on a new one is wanted
  private record Token(
      String secret, String userId, Instant renewal, Instant expiry, List<Endpoint> catalog) {
    /// Leaves the secret out.
    @Override
    public String toString() {
      return "Token[of " + userId + " until " + expiry + "]";
    }
  }

  private record Endpoint(String type, String region, String face, String url) {}

  private record Failure(String message, Instant until) {}

  private URI tokens(String query) {
    return URI.create(Urls.versioned(place.keystone(), "v3") + "/auth/tokens" + query);
  }

  /// Has Keystone validate somebody's token.
  ///
  /// @param subject visible ASCII only
  /// @throws ServiceUnavailableException if Keystone does not answer, or refuses the service user
  public Answer validate(String subject) {
    URI url = tokens("?nocatalog");
    return asService(
        SERVICE,
        token ->
            rest.send(
                SERVICE,
                new RestClient.Ask(
                    "GET", url, Map.of("X-Auth-Token", token, "X-Subject-Token", subject), null)));
  }

  /// Asks with the service user's token. One that is refused is renewed once: Keystone may have
  /// revoked it, or forgotten it.
  ///
  /// @param service its name, for messages
  /// @param ask sends a token and has the answer
  Answer asService(String service, Function<String, Answer> ask) {
    Token token = token();
    Answer answer = ask.apply(token.secret());
    if (answer.status() == 401) {
      refused(token);
      answer = ask.apply(token().secret());
    }
    if (answer.status() == 401) {
      throw new ServiceUnavailableException(service + " refuses the service user's token");
    }
    return answer;
  }

  RestClient rest() {
    return rest;
  }

  /// The id of the service user.
  ///
  /// @throws ServiceUnavailableException if that cannot be found out now
  public String userId() {
    return token().userId();
  }

  /// A token that is good now.
  ///
  /// @throws ServiceUnavailableException if Keystone does not answer, or refuses the service user
  private Token token() {
    Token token = current;
    if (token != null && clock.instant().isBefore(token.renewal())) {
      return token;
    }
    lock.lock();
    try {
      Token now = current;
      return now != null && clock.instant().isBefore(now.renewal()) ? now : renewed(now);
    } finally {
      lock.unlock();
    }
  }

  private Token renewed(@Nullable Token old) {
    try {
      Token token = login();
      current = token;
      failure = null;
      return token;
    } catch (ServiceUnavailableException e) {
      if (old != null && clock.instant().isBefore(old.expiry())) {
        return old;
      }
      throw e;
    }
  }

  /// Makes sure that a token which was refused is not used again.
  private void refused(Token token) {
    lock.lock();
    try {
      if (current == token) {
        current = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private Token login() {
    Failure last = failure;
    if (last != null && clock.instant().isBefore(last.until())) {
      throw new ServiceUnavailableException(last.message());
    }
    try {
      return answered();
    } catch (ServiceUnavailableException e) {
      fail(String.valueOf(e.getMessage()), REST_AFTER_FAILURE);
      throw e;
    }
  }

  private Token answered() {
    URI url = tokens("");
    Answer answer =
        rest.send(SERVICE, new RestClient.Ask("POST", url, Map.of(), Json.bytes(user.login())));
    Optional<String> secret = answer.header("X-Subject-Token");
    if (answer.status() == 201 && secret.isPresent()) {
      return token(secret.get(), answer.json().path("token"));
    }
    String message =
        "Keystone at %s refuses the service user '%s' with status %d"
            .formatted(url.getAuthority(), user.name(), answer.status());
    LOG.log(WARNING, "{0}; check identity.user, its domain, project and password", message);
    ServiceUnavailableException refusal = new ServiceUnavailableException(message);
    fail(message, REST_AFTER_REFUSAL);
    throw refusal;
  }

  private void fail(String message, Duration rest) {
    Instant until = clock.instant().plus(rest);
    Failure last = failure;
    if (last == null || last.until().isBefore(until)) {
      failure = new Failure(message, until);
    }
  }

  private Token token(String secret, JsonNode body) {
    Instant now = clock.instant();
    Instant expiry =
        instant(body.path("expires_at").asString(""))
            .orElseThrow(
                () ->
                    new ServiceUnavailableException("Keystone does not say when a token expires"));
    Duration lifetime = Duration.between(now, expiry);
    Duration early =
        lifetime.dividedBy(5).compareTo(RENEWED_BEFORE) < 0
            ? lifetime.dividedBy(5)
            : RENEWED_BEFORE;
    List<Endpoint> catalog = new ArrayList<>();
    for (JsonNode service : body.path("catalog")) {
      for (JsonNode endpoint : service.path("endpoints")) {
        catalog.add(
            new Endpoint(
                service.path("type").asString(""),
                endpoint.path("region").asString(""),
                endpoint.path("interface").asString(""),
                endpoint.path("url").asString("")));
      }
    }
    String userId = body.path("user").path("id").asString("");
    return new Token(secret, userId, expiry.minus(early), expiry, List.copyOf(catalog));
  }

  /// Reads a time as Keystone writes it.
  public static Optional<Instant> instant(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /// Where a service is, as the catalogue says.
  ///
  /// @param type such as `network`
  /// @throws ServiceUnavailableException if the catalogue does not know or cannot be had
  URI endpoint(String type) {
    String region = place.region();
    return token().catalog().stream()
        .filter(it -> it.type().equals(type) && it.face().equals(place.face()))
        .filter(it -> region == null || it.region().equals(region))
        .findFirst()
        .flatMap(it -> Urls.web(it.url()))
        .orElseThrow(
            () ->
                new ServiceUnavailableException(
                    "Keystone's catalogue has no %s endpoint of a %s service%s"
                        .formatted(place.face(), type, region == null ? "" : " in " + region)));
  }
}
