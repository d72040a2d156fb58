package agrippa.proxy.session;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The page that a client is being sent. Only one piece of it is here at a time, and the next is
/// asked for when the client has taken that: neither a long page nor a slow client costs memory.
/// Used for page after page.
final class PageSender {
  /// Where the page stands.
  enum State {
    NONE,
    /// The next piece is being made.
    MAKING,
    /// A piece is here, to be sent.
    READY,
    FAILED
  }

  /// Room for a head and what makes a piece a chunk, bytes.
  private static final int FRAMING = 1_024;

  private static final byte[] NOTHING = {};
  private static final byte[] LINE_END = Ascii.bytes("\r\n");
  private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");

  private final HttpLoop http;
  private final Runnable changed;
  private State state = State.NONE;
  private Pages.@Nullable Page page;
  private @Nullable Answer head;
  private byte @Nullable [] piece;

  /// @param changed called when a piece is ready, or when making it failed
  PageSender(HttpLoop http, Runnable changed) {
    this.http = http;
    this.changed = changed;
  }

  /// Begins a page and asks for its first piece.
  ///
  /// @param goesFirst what is sent before it
  void begin(Pages.Page next, Answer goesFirst) {
    page = next;
    head = goesFirst;
    next();
  }

  /// Asks for the next piece, unless that was done already.
  void next() {
    if (state == State.MAKING) {
      return;
    }
    state = State.MAKING;
    Pages.Page mine = Objects.requireNonNull(page);
    mine.next(
        http.loop(),
        new Pages.Taker() {
          @Override
          public void piece(byte @Nullable [] bytes) {
            if (page == mine) {
              piece = bytes;
              state = State.READY;
              changed.run();
            }
          }

          @Override
          public void failed() {
            if (page == mine) {
              state = State.FAILED;
              changed.run();
            }
          }
        });
  }

  /// Whether anything of the page is still to come.
  boolean goesOn() {
    return page != null;
  }

  /// Whether nothing was sent yet.
  boolean first() {
    return head != null;
  }

  boolean failed() {
    return state == State.FAILED;
  }

  /// Takes the piece that is ready, with what belongs around it. The caller owns the buffer.
  Buffer take(Asked asked) {
    byte[] bytes = piece;
    Buffer out = http.buffers().take(FRAMING + (bytes == null ? 0 : bytes.length));
    if (head != null) {
      head.write(out, true, !asked.keepAlive(), !asked.http11());
    }
    boolean chunked = asked.http11();
    if (bytes == null) {
      reset();
      append(out, chunked ? LAST_CHUNK : NOTHING);
      return out;
    }
    append(out, chunked ? Ascii.bytes(Integer.toHexString(bytes.length) + "\r\n") : NOTHING);
    append(out, bytes);
    append(out, chunked ? LINE_END : NOTHING);
    head = null;
    piece = null;
    return out;
  }

  private static void append(Buffer out, byte[] bytes) {
    out.put(out.end(), bytes, 0, bytes.length);
    out.produced(bytes.length);
  }

  /// Forgets the page; a piece that still comes is thrown away.
  void reset() {
    page = null;
    head = null;
    piece = null;
    state = State.NONE;
  }
}
