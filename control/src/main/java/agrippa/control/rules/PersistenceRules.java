package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;

import agrippa.control.Attributes.Persistence;
import agrippa.control.Patch;
import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.model.SessionPersistence;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Session persistence of pools.
final class PersistenceRules {
  private static final String SOURCE_IP = "SOURCE_IP";
  private static final String HTTP_COOKIE = "HTTP_COOKIE";
  private static final String APP_COOKIE = "APP_COOKIE";
  private static final Pattern BAD_IN_COOKIE_NAMES =
      Pattern.compile("[\\x00-\\x20\"(),/:-@\\[-\\]{}\\x7f]|[^\\x00-\\xff]");

  private PersistenceRules() {}

  /// For a new pool.
  static void require(PoolProtocol protocol, Patch<Persistence> given) {
    if (given instanceof Patch.Set<Persistence>(var persistence)) {
      require(protocol, persistence, persistence.type().value(), false);
    }
  }

  /// For an update: the type may stay what it is.
  static void require(Pool old, Patch<Persistence> given) {
    if (given instanceof Patch.Set<Persistence>(var persistence) && !empty(persistence)) {
      require(old.protocol(), persistence, type(old.persistence(), persistence), true);
    }
  }

  private static void require(
      PoolProtocol protocol, Persistence given, @Nullable String type, boolean update) {
    boolean timed =
        given.persistenceTimeout().value() != null
            || given.persistenceGranularity().value() != null;
    if (Protocols.datagrams(protocol)) {
      requireForDatagrams(given, type);
    } else if (timed) {
      throw invalid(
          "persistence_timeout and persistence_granularity is only for UDP %sprotocol pools."
              .formatted(update ? "" : "and SCTP "));
    }
    requireCookie(given.cookieName().value(), type);
  }

  private static void requireForDatagrams(Persistence given, @Nullable String type) {
    if (given.cookieName().value() != null) {
      throw invalid(
          SOURCE_IP.equals(type)
              ? "session_persistence SOURCE_IP type for UDP and SCTP protocols only accepts: type,"
                  + " persistence_timeout, persistence_granularity."
              : "Cookie names are not supported for UDP/SCTP pools.");
    }
    if (HTTP_COOKIE.equals(type) || APP_COOKIE.equals(type)) {
      throw invalid(
          "Session persistence of type %s is not supported for UDP/SCTP protocol pools."
              .formatted(type));
    }
  }

  private static void requireCookie(@Nullable String name, @Nullable String type) {
    if (!SOURCE_IP.equals(type) && !HTTP_COOKIE.equals(type) && !APP_COOKIE.equals(type)) {
      throw invalid("Invalid session_persistence provided.");
    }
    boolean named = name != null && !name.isEmpty();
    if (named && !APP_COOKIE.equals(type)) {
      throw invalid(
          "Field \"cookie_name\" can only be specified with session persistence of type"
              + " \"APP_COOKIE\".");
    }
    if (named && BAD_IN_COOKIE_NAMES.matcher(name).find()) {
      throw invalid("Supplied \"cookie_name\" is invalid.");
    }
    if (!named && APP_COOKIE.equals(type)) {
      throw invalid(
          "Field \"cookie_name\" must be specified when using the \"APP_COOKIE\" session"
              + " persistence type.");
    }
  }

  /// What a new pool gets, once it is checked.
  static @Nullable SessionPersistence create(Patch<Persistence> given) {
    return given instanceof Patch.Set<Persistence>(var persistence)
        ? persistence(null, persistence, persistence.type().value())
        : null;
  }

  /// What a pool has after an update, once it is checked. An empty object removes persistence.
  static @Nullable SessionPersistence update(
      @Nullable SessionPersistence old, Patch<Persistence> given) {
    return switch (given) {
      case Patch.Keep<Persistence>() -> old;
      case Patch.Reset<Persistence>() -> null;
      case Patch.Set<Persistence>(var persistence) ->
          empty(persistence) ? null : persistence(old, persistence, type(old, persistence));
    };
  }

  private static SessionPersistence persistence(
      @Nullable SessionPersistence old, Persistence given, @Nullable String type) {
    return switch (type) {
      case SOURCE_IP -> {
        var known =
            old instanceof SessionPersistence.SourceIp it
                ? it
                : new SessionPersistence.SourceIp(null, null);
        yield new SessionPersistence.SourceIp(
            given.persistenceTimeout().orNull(known.timeoutSeconds()),
            given.persistenceGranularity().orNull(known.granularity()));
      }
      case HTTP_COOKIE -> new SessionPersistence.HttpCookie();
      case APP_COOKIE -> new SessionPersistence.AppCookie(given.cookieName().over("", ""));
      case null, default -> throw invalid("Invalid session_persistence provided.");
    };
  }

  private static boolean empty(Persistence given) {
    return !given.type().given()
        && !given.cookieName().given()
        && !given.persistenceTimeout().given()
        && !given.persistenceGranularity().given();
  }

  private static @Nullable String type(@Nullable SessionPersistence old, Persistence given) {
    if (given.type().given() || old == null) {
      return given.type().value();
    }
    return switch (old) {
      case SessionPersistence.SourceIp it -> SOURCE_IP;
      case SessionPersistence.HttpCookie it -> HTTP_COOKIE;
      case SessionPersistence.AppCookie it -> APP_COOKIE;
    };
  }
}
