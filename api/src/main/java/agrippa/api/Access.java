package agrippa.api;

import static java.lang.System.Logger.Level.WARNING;

import agrippa.api.wire.BadRequest;
import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Routes;
import agrippa.web.Site;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Stands before all routes: who calls, can they read JSON, and how does it end when it goes wrong.
final class Access implements Site.Filter {
  private static final System.Logger LOG = System.getLogger(Access.class.getName());
  private static final ScopedValue<Caller> CALLER = ScopedValue.newInstance();

  /// Paths that need no token.
  static final Set<String> OPEN = Set.of("/", "/healthcheck", OpenApi.PATH);

  private static final Set<String> ACCEPTED = Set.of("*/*", "application/*", "application/json");

  private final Identity identity;

  Access(Identity identity) {
    this.identity = identity;
  }

  /// Who sent the request that is being handled.
  static Caller caller() {
    return CALLER.get();
  }

  @Override
  public Reply handle(Request request, Routes.Handler next) {
    if (OPEN.contains(request.path())) {
      return next.handle(request);
    }
    Optional<Caller> caller;
    try {
      caller = request.header("x-auth-token").flatMap(identity::authenticate);
    } catch (ServiceUnavailableException e) {
      LOG.log(WARNING, "cannot authenticate " + request.id(), e);
      return Faults.authentication(
          503, "Service Unavailable", "The identity service is unavailable.");
    }
    return caller.map(it -> handle(it, request, next)).orElseGet(this::unauthorized);
  }

  private Reply unauthorized() {
    return Faults.authentication(
            401, "Unauthorized", "The request you have made requires authentication.")
        .with("WWW-Authenticate", "Keystone uri=\"" + identity.publicUrl() + "\"");
  }

  private static Reply handle(Caller caller, Request request, Routes.Handler next) {
    if (!acceptsJson(request)) {
      return Faults.framework(
          406, "Not Acceptable", "Only content type application/json is accepted.");
    }
    return ScopedValue.where(CALLER, caller).call(() -> answer(request, next));
  }

  private static Reply answer(Request request, Routes.Handler next) {
    try {
      return next.handle(request);
    } catch (BadRequest e) {
      return Faults.fault(e.status(), e.faultstring());
    } catch (RefusedException e) {
      return Faults.of(e.why());
    } catch (ServiceUnavailableException e) {
      LOG.log(WARNING, "cannot answer " + request.id(), e);
      return Faults.fault(503, "A service that this request needs is unavailable.");
    }
  }

  /// Text that is no media range at all counts as none.
  private static boolean acceptsJson(Request request) {
    String accept = request.header("accept").orElse("").strip().toLowerCase(Locale.ROOT);
    boolean ranges = false;
    for (String part : accept.split(",")) {
      String[] range = part.split(";", -1);
      if (ACCEPTED.contains(range[0].strip()) && !refused(range)) {
        return true;
      }
      ranges |= range[0].contains("/");
    }
    return !ranges;
  }

  private static boolean refused(String[] range) {
    for (int i = 1; i < range.length; i++) {
      if (range[i].strip().matches("q=0(\\.0{0,3})?")) {
        return true;
      }
    }
    return false;
  }
}
