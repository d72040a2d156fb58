package agrippa.proxy.session;

import agrippa.proxy.balance.Client;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.http2.ServerConnection;
import agrippa.proxy.journal.Entry;
import agrippa.proxy.journal.TraceParent;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;

/// What is known of a request when it comes, before anything is done about it: for the journal, and
/// for the trace that it is a part of.
///
/// @param passage writes it down
/// @param from whom the connection is from
record Arrival(HttpLoop http, Passage passage, Client from, Channel client) {

  /// Writes down that the client wants something which is not to be understood.
  void garbled(Frontend at) {
    passage.arrived(at, from, client);
  }

  /// Writes down that a request came, which `in` holds, and finds out which trace it is a part of.
  ///
  /// @param waited how long its head took to arrive
  void request(Frontend at, Buffer in, long waited) {
    Entry entry = passage.arrived(at, from, client);
    TraceParent trace = http.trace();
    trace.reset();
    if (entry == null && !at.options().trace()) {
      return;
    }
    RequestHead head = http.request();
    trace.read(in, head.fields());
    if (at.options().trace()) {
      trace.make(http.journal().random());
    }
    if (entry != null) {
      entry.request(in, head, protocol(head), waited);
      entry.trace(trace);
    }
  }

  private String protocol(RequestHead head) {
    if (ServerConnection.opened(client)) {
      return "HTTP/2.0";
    }
    return head.http11() ? "HTTP/1.1" : "HTTP/1.0";
  }
}
