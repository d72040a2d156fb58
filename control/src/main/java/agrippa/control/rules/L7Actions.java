package agrippa.control.rules;

import agrippa.control.Attributes.OfL7Policy;
import agrippa.control.Patch;
import agrippa.control.Refusal;
import agrippa.model.L7Action;
import agrippa.model.PoolId;
import org.jspecify.annotations.Nullable;

/// What the redirect arguments of a policy mean together.
final class L7Actions {
  private static final int FOUND = 302;

  private L7Actions() {}

  /// @param pool given by id or by definition, or null
  static L7Action create(OfL7Policy given, @Nullable PoolId pool) {
    var action = given.action().value();
    if (action == null) {
      throw invalid("action must not be None");
    }
    return named(action, given, pool);
  }

  static L7Action update(L7Action old, OfL7Policy given) {
    requireSomething(given);
    var action = given.action().value();
    if (action != null) {
      return named(action, given, given.redirectPool().value());
    }
    var pool = given.redirectPool().value();
    var url = given.redirectUrl().value();
    var prefix = given.redirectPrefix().value();
    if (pool != null && (url != null || prefix != null)) {
      throw invalid(
          "Cannot specify redirect_pool_id and redirect_url or redirect_prefix at the same time");
    }
    if (pool != null) {
      return new L7Action.ToPool(pool);
    }
    if (url != null) {
      return new L7Action.ToUrl(url, code(given, FOUND));
    }
    if (prefix != null) {
      return new L7Action.ToPrefix(prefix, code(given, FOUND));
    }
    return kept(old, given);
  }

  private static L7Action named(String action, OfL7Policy given, @Nullable PoolId pool) {
    return switch (action) {
      case "REJECT" -> new L7Action.Reject();
      case "REDIRECT_TO_URL" ->
          new L7Action.ToUrl(
              required(given.redirectUrl().value(), "redirect_url"), code(given, FOUND));
      case "REDIRECT_PREFIX" ->
          new L7Action.ToPrefix(
              required(given.redirectPrefix().value(), "redirect_prefix"), code(given, FOUND));
      case "REDIRECT_TO_POOL" ->
          new L7Action.ToPool(required(pool, "redirect_pool_id or redirect_pool"));
      default -> throw invalid("Invalid action " + action);
    };
  }

  /// The old action, with a new code at most. Its target cannot be taken away.
  private static L7Action kept(L7Action old, OfL7Policy given) {
    return switch (old) {
      case L7Action.ToPool pool -> {
        requireKept(given.redirectPool(), "redirect_pool_id or redirect_pool");
        yield pool;
      }
      case L7Action.ToUrl(var url, int code) -> {
        requireKept(given.redirectUrl(), "redirect_url");
        yield new L7Action.ToUrl(url, code(given, code));
      }
      case L7Action.ToPrefix(var prefix, int code) -> {
        requireKept(given.redirectPrefix(), "redirect_prefix");
        yield new L7Action.ToPrefix(prefix, code(given, code));
      }
      case L7Action.Reject reject -> reject;
    };
  }

  private static int code(OfL7Policy given, int current) {
    return given.redirectHttpCode().over(current, FOUND);
  }

  private static <T> T required(@Nullable T target, String name) {
    if (target == null) {
      throw invalid(name + " must not be None");
    }
    return target;
  }

  private static void requireKept(Patch<?> target, String name) {
    if (target instanceof Patch.Reset) {
      throw invalid(name + " must not be None");
    }
  }

  private static void requireSomething(OfL7Policy given) {
    var common = given.common();
    boolean something =
        common.name().given()
            || common.description().given()
            || common.tags().given()
            || common.adminStateUp().given()
            || given.action().given()
            || given.redirectPool().given()
            || given.redirectUrl().given()
            || given.redirectPrefix().given()
            || given.redirectHttpCode().given()
            || given.position().given();
    if (!something) {
      throw invalid("Invalid update options");
    }
  }

  private static RefusedException invalid(String detail) {
    return new RefusedException(new Refusal.InvalidL7Policy(detail));
  }
}
