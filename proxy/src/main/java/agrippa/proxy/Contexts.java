package agrippa.proxy;

import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.tls.TlsEngine;
import agrippa.proxy.transport.EventLoop.TlsContext;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// TLS contexts during one change of a plan: reuses those whose settings did not change, and
/// remembers those that are to be closed when no loop can be about to use them any more.
final class Contexts {
  private final TlsEngine engine;
  private final List<TlsContext> unused = new ArrayList<>();

  Contexts(TlsEngine engine) {
    this.engine = engine;
  }

  /// The context for new settings of a frontend.
  ///
  /// @param oldPlan settings of `old`
  /// @throws GeneralSecurityException if they cannot be served; `old` stays in use
  @Nullable TlsContext server(
      @Nullable TlsServer plan, @Nullable TlsServer oldPlan, @Nullable TlsContext old)
      throws GeneralSecurityException {
    if (plan != null && plan.equals(oldPlan)) {
      return old;
    }
    TlsContext made = plan == null ? null : engine.server(plan);
    drop(old);
    return made;
  }

  /// The same for an upstream.
  @Nullable TlsContext client(
      @Nullable TlsClient plan, @Nullable TlsClient oldPlan, @Nullable TlsContext old)
      throws GeneralSecurityException {
    if (plan != null && plan.equals(oldPlan)) {
      return old;
    }
    TlsContext made = plan == null ? null : engine.client(plan);
    drop(old);
    return made;
  }

  void drop(@Nullable TlsContext context) {
    if (context != null) {
      unused.add(context);
    }
  }

  /// Closes what is not used any more, after every loop ended the turn that it may have been used
  /// in.
  void closeUnused(List<Worker> workers) {
    if (unused.isEmpty()) {
      return;
    }
    workers.forEach(worker -> worker.run(() -> {}));
    unused.forEach(TlsContext::close);
    unused.clear();
  }
}
