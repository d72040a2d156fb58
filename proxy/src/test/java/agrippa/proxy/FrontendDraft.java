package agrippa.proxy;

import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.TlsServer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/// A frontend that differs from another one in what a test is about, and in nothing else.
final class FrontendDraft {
  List<InetSocketAddress> binds;
  TlsServer tls;
  List<Cidr> allowed;
  int connectionLimit;
  Timeouts timeouts;
  List<HeaderInsert> headers;
  String strictTransport;
  List<Route> routes;
  String defaultUpstream;
  FrontendOptions options;

  private FrontendDraft(Frontend f) {
    binds = f.binds();
    tls = f.tls();
    allowed = f.allowed();
    connectionLimit = f.connectionLimit();
    timeouts = f.timeouts();
    headers = f.headers();
    strictTransport = f.strictTransport();
    routes = f.routes();
    defaultUpstream = f.defaultUpstream();
    options = f.options();
  }

  static Frontend of(Frontend like, Consumer<FrontendDraft> change) {
    FrontendDraft it = new FrontendDraft(like);
    change.accept(it);
    return new Frontend(
        like.name(),
        like.mode(),
        it.binds,
        it.tls,
        it.allowed,
        it.connectionLimit,
        it.timeouts,
        it.headers,
        it.strictTransport,
        it.routes,
        it.defaultUpstream,
        it.options);
  }
}
