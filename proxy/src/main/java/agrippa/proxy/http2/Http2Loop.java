package agrippa.proxy.http2;

import agrippa.proxy.http.HeadLimits;
import agrippa.proxy.http.HeadScanner;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.BufferStore;
import agrippa.proxy.transport.EventLoop;

/// What all HTTP/2 connections of one event loop share; made once per loop, used on its thread
/// only. A head is decoded, judged, written and read within one turn, so one set of tables
/// serves all.
public final class Http2Loop {
  /// Most bytes of a list of fields that is taken, as RFC 9113 counts them in section 6.5.2.
  static final int LIST_LIMIT = HeadLimits.STANDARD.head();

  /// What a head may be longer as text than as RFC 9113 counts it.
  static final int HEAD_EXTRA = 256;

  /// What the proxy itself writes may be larger than what it takes by what it adds.
  private static final HeadLimits WRITTEN = new HeadLimits(48 << 10, 16 << 10, 192, 1_024, 8_192);

  private final EventLoop loop;
  private final BufferStore buffers;
  private final Buffer block = Buffer.allocate(64 << 10);
  private final Buffer lines = Buffer.allocate(WRITTEN.trailers());
  private final byte[] text = new byte[HpackDecoder.TEXT];
  private final RequestText requestText = new RequestText(LIST_LIMIT, block);
  private final ResponseText responseText = new ResponseText(block);
  private final TrailerText trailerText = new TrailerText(block);
  private final HeadScanner scanner = new HeadScanner(WRITTEN);
  private final RequestHead request = new RequestHead(WRITTEN);
  private final ResponseHead response = new ResponseHead(WRITTEN);
  private final HeadFields fields = new HeadFields(new HpackEncoder(block), lines);

  public Http2Loop(EventLoop loop, BufferStore buffers) {
    this.loop = loop;
    this.buffers = buffers;
  }

  public void close() {
    block.free();
    lines.free();
  }

  EventLoop loop() {
    return loop;
  }

  BufferStore buffers() {
    return buffers;
  }

  HpackDecoder decoder() {
    return new HpackDecoder(text, LIST_LIMIT, block);
  }

  RequestText requestText() {
    return requestText;
  }

  ResponseText responseText() {
    return responseText;
  }

  TrailerText trailerText() {
    return trailerText;
  }

  HeadScanner scanner() {
    return scanner;
  }

  RequestHead request() {
    return request;
  }

  ResponseHead response() {
    return response;
  }

  HeadFields fields() {
    return fields;
  }
}
