package agrippa.proxy.journal;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Journaling;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.TlsInfo;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/// What is told of a request, a connection or a flow. Filled while it is served, then read. Times
/// are in milliseconds; -1 is for what did not happen.
public final class Entry {
  private static final int MOST_METHOD = 32;
  private static final int MOST_TARGET = 2_048;
  private static final int MOST_FIELD = 256;
  private static final byte[] USER_AGENT = Ascii.bytes("user-agent");
  private static final Journaling NOBODY = new Journaling("", "", 1);

  private Journaling journaling = NOBODY;
  private String frontend = "";
  private Frontend.Mode mode = Frontend.Mode.TCP;
  private @Nullable String upstream;
  private @Nullable Endpoint endpoint;
  private byte[] clientAddress = {};
  private int clientPort;
  private @Nullable TlsInfo tls;
  private String protocol = "";
  private final Text method = new Text(MOST_METHOD);
  private final Text target = new Text(MOST_TARGET);
  private final Text host = new Text(MOST_FIELD);
  private final Text userAgent = new Text(MOST_FIELD);
  private final byte[] trace = new byte[TraceParent.TRACE_LENGTH];
  private boolean traced;
  private int status;
  private int tries;
  private long bytesIn;
  private long bytesOut;
  private @Nullable Ending ending;

  private long date;
  private long begun;
  private long assigned;
  private long requestMillis;
  private long connectMillis;
  private long responseMillis;
  private long totalMillis;

  Entry() {}

  // ---- filling

  void begin(Frontend of, Journaling wanted, long dateMillis, long now) {
    journaling = wanted;
    frontend = of.name();
    mode = of.mode();
    upstream = null;
    endpoint = null;
    tls = null;
    protocol = "";
    method.clear();
    target.clear();
    host.clear();
    userAgent.clear();
    traced = false;
    status = tries = 0;
    bytesIn = bytesOut = 0;
    ending = null;
    date = dateMillis;
    begun = assigned = now;
    requestMillis = connectMillis = responseMillis = totalMillis = -1;
  }

  public void client(byte[] address, int port, @Nullable TlsInfo with) {
    clientAddress = address;
    clientPort = port;
    tls = with;
  }

  /// A whole request head is there, and nothing but the request is in the buffer.
  ///
  /// @param spoken the protocol, such as `HTTP/1.1`
  /// @param millis how long it took to arrive
  public void request(Buffer in, RequestHead head, String spoken, long millis) {
    protocol = spoken;
    requestMillis = millis;
    begun -= millis;
    date -= millis;
    bytesIn = in.length();
    method.copy(in, head.start(), head.methodEnd());
    target.copy(in, head.target(), head.targetEnd());
    if (head.host() >= 0) {
      host.copy(in, head.fields().value(head.host()), head.fields().valueEnd(head.host()));
    }
    int agent = head.fields().find(in, USER_AGENT, 0);
    if (agent >= 0) {
      userAgent.copy(in, head.fields().value(agent), head.fields().valueEnd(agent));
    }
  }

  /// The trace that a request is a part of.
  public void trace(TraceParent parent) {
    traced = parent.copyTrace(trace);
  }

  public void upstream(String name) {
    upstream = name;
  }

  public void assigned(Endpoint to, long now) {
    endpoint = to;
    assigned = now;
    connectMillis = -1;
    tries++;
  }

  /// There is a connection to the endpoint.
  public void connected(long now) {
    connectMillis = now - assigned;
  }

  /// The client is answered.
  public void responded(int with, long now) {
    status = with;
    responseMillis = now - begun;
  }

  public void received(long bytes) {
    bytesIn += bytes;
  }

  public void sent(long bytes) {
    bytesOut += bytes;
  }

  /// Says how it ended; who says it first knows best.
  public void ended(Ending how) {
    if (ending == null) {
      ending = how;
    }
  }

  void end(long now) {
    totalMillis = now - begun;
  }

  // ---- reading

  public Journaling journaling() {
    return journaling;
  }

  /// Name of the frontend.
  public String frontend() {
    return frontend;
  }

  public Frontend.Mode mode() {
    return mode;
  }

  /// Name of the upstream that it came to, or null.
  public @Nullable String upstream() {
    return upstream;
  }

  /// The last endpoint that it was given to, or null.
  public @Nullable Endpoint endpoint() {
    return endpoint;
  }

  /// In network order.
  public byte[] clientAddress() {
    return clientAddress;
  }

  public int clientPort() {
    return clientPort;
  }

  /// Such as `HTTP/1.1`; empty if there was no whole request.
  public String protocol() {
    return protocol;
  }

  public Text method() {
    return method;
  }

  /// As the client wrote it, with the query.
  public Text target() {
    return target;
  }

  public Text host() {
    return host;
  }

  public Text userAgent() {
    return userAgent;
  }

  /// 32 hexadecimal digits, or null.
  public @Nullable String traceId() {
    return traced ? TraceParent.hex(trace) : null;
  }

  /// Of the response; 0 if there was none.
  public int status() {
    return status;
  }

  /// How many endpoints, or connections to one, were tried.
  public int tries() {
    return tries;
  }

  public long bytesIn() {
    return bytesIn;
  }

  public long bytesOut() {
    return bytesOut;
  }

  public Ending ending() {
    return ending == null ? Ending.ENDED : ending;
  }

  /// When it began, in milliseconds since 1970.
  public long date() {
    return date;
  }

  /// From the first byte of a request's head to its last one.
  public long requestMillis() {
    return requestMillis;
  }

  /// To connect to the endpoint; 0 if there was a connection.
  public long connectMillis() {
    return connectMillis;
  }

  /// From the beginning to the response's head.
  public long responseMillis() {
    return responseMillis;
  }

  public long totalMillis() {
    return totalMillis;
  }

  /// Such as `TLSv1.3`, or null without TLS.
  public @Nullable String tlsVersion() {
    return tls == null ? null : tls.version();
  }

  /// The name that the client asked for (SNI), or null.
  public @Nullable String serverName() {
    return tls == null ? null : tls.serverName();
  }

  /// OpenSSL's number for the verification of the client's certificate; 0 is good.
  public int verifyResult() {
    return tls == null ? 0 : tls.verifyResult();
  }

  /// The client's, or null.
  public @Nullable X509Certificate certificate() {
    return tls == null ? null : tls.peer();
  }
}
