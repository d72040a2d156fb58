package agrippa.cloud.network;

import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Site;

/// Neutron's answers where no route is.
final class NetworkEdge implements Site.Edge {
  @Override
  public Reply notFound(Request request) {
    return Fault.noPath().reply();
  }

  @Override
  public Reply methodNotAllowed(Request request, String allow) {
    return Fault.noMethod().reply();
  }

  @Override
  public Reply tooLarge(Request request) {
    return Fault.tooLarge().reply();
  }

  @Override
  public Reply failed(Request request, Throwable error) {
    return Fault.internal().reply();
  }
}
