package agrippa.proxy.session;

import agrippa.proxy.encode.Encoders;
import agrippa.proxy.http.HeadEditor;
import agrippa.proxy.http.HeadLimits;
import agrippa.proxy.http.HeadScanner;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.http2.Http2Loop;
import agrippa.proxy.journal.Journal;
import agrippa.proxy.journal.TraceParent;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.BufferStore;
import agrippa.proxy.transport.EventLoop;

/// What all HTTP sessions of one event loop share; made once per loop, used on its thread only. A
/// head is scanned, judged, edited and sent or stored within one turn, so one set of tables serves
/// all.
public final class HttpLoop {
  /// Room that is kept in front of heads, for what they grow; the shared buffer has more.
  static final int HEADROOM = 8_192;

  private static final int IDLE_PER_ENDPOINT = 1_024;
  // Less than the five seconds after which many servers close idle connections: a request sent just
  // then is lost.
  private static final long IDLE_MILLIS = 4_000;

  private final EventLoop loop;
  private final HeadLimits limits = HeadLimits.STANDARD;
  private final HeadScanner scanner = new HeadScanner(limits);
  private final RequestHead request = new RequestHead(limits);
  private final ResponseHead response = new ResponseHead(limits);
  private final HeadEditor editor = new HeadEditor(HEADROOM);
  private final BufferStore buffers = new BufferStore();
  private final Encoders encoders = new Encoders();
  private final Http2Loop http2;
  private final UpstreamPool pool;
  private final SharedConnections shared = new SharedConnections();
  private final TraceParent trace = new TraceParent();
  private final Journal journal;

  /// @param journal where requests are written down
  public HttpLoop(EventLoop loop, Journal journal) {
    this.loop = loop;
    this.journal = journal;
    this.http2 = new Http2Loop(loop, buffers);
    this.pool = new UpstreamPool(loop, IDLE_PER_ENDPOINT, IDLE_MILLIS);
  }

  /// Closes all idle connections to endpoints.
  public void close() {
    pool.close();
    http2.close();
    encoders.close();
    buffers.close();
  }

  EventLoop loop() {
    return loop;
  }

  HeadLimits limits() {
    return limits;
  }

  HeadScanner scanner() {
    return scanner;
  }

  /// The request that is being looked at in this turn.
  RequestHead request() {
    return request;
  }

  /// The response that is being looked at in this turn.
  ResponseHead response() {
    return response;
  }

  /// Which trace the request is a part of.
  TraceParent trace() {
    return trace;
  }

  /// Where all sessions of the loop write down what they served.
  public Journal journal() {
    return journal;
  }

  HeadEditor editor() {
    return editor.reset();
  }

  UpstreamPool pool() {
    return pool;
  }

  SharedConnections shared() {
    return shared;
  }

  /// What HTTP/2 connections of the loop share.
  Http2Loop http2() {
    return http2;
  }

  /// What compresses responses.
  Encoders encoders() {
    return encoders;
  }

  BufferStore buffers() {
    return buffers;
  }

  /// The loop's shared buffer, empty, with room in front.
  Buffer scratch() {
    Buffer scratch = loop.scratch();
    scratch.window(EventLoop.SCRATCH_FRONT, EventLoop.SCRATCH_FRONT);
    return scratch;
  }

  boolean isScratch(Buffer buffer) {
    return buffer == loop.scratch();
  }

  /// Copies what is between `from` and `to` into a buffer that its taker owns until it gives it
  /// back.
  Buffer keep(Buffer in, int from, int to) {
    return keep(in, from, to, 0, 0);
  }

  /// Copies the beginning of a head likewise, with room in front for what it grows, and `room`
  /// behind for what is still to come.
  Buffer keepHead(Buffer in, int from, int to, int room) {
    return keep(in, from, to, HEADROOM, room);
  }

  private Buffer keep(Buffer in, int from, int to, int front, int behind) {
    Buffer kept = buffers.take(front + to - from + behind);
    kept.window(front, front);
    int start = in.start();
    int end = in.end();
    in.window(from, to);
    kept.append(in);
    in.window(start, end);
    return kept;
  }

  /// Frees a buffer that was kept; the shared one is left alone.
  void giveBack(Buffer buffer) {
    if (!isScratch(buffer)) {
      buffers.give(buffer);
    }
  }
}
