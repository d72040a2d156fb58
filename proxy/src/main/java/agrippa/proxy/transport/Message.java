package agrippa.proxy.transport;

import java.nio.ByteBuffer;

/// A message of SCTP (RFC 9260): its bytes, and what is said of them beside. Used for message after
/// message.
public final class Message {
  /// More bytes than this are not passed on: Linux does not send more in one message by default.
  public static final int LONGEST = 192 * 1024;

  private final ByteBuffer bytes;
  private int stream;
  private int protocol;
  private boolean unordered;

  private Message(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /// Has room for any message.
  public static Message empty() {
    return new Message(ByteBuffer.allocateDirect(LONGEST));
  }

  /// A copy that has room for nothing else.
  public Message copy() {
    Message copy = new Message(ByteBuffer.allocate(length()));
    copy.bytes.put(content());
    copy.describe(stream, protocol, unordered);
    return copy;
  }

  /// Forgets the bytes.
  public void clear() {
    bytes.clear();
  }

  /// Where more of its bytes may be put.
  public ByteBuffer room() {
    return bytes;
  }

  /// Its bytes, each time from the first one on.
  public ByteBuffer content() {
    return bytes.duplicate().flip();
  }

  public int length() {
    return bytes.position();
  }

  /// Says what goes with the bytes.
  public void describe(int newStream, int newProtocol, boolean nowUnordered) {
    stream = newStream;
    protocol = newProtocol;
    unordered = nowUnordered;
  }

  /// The stream that it belongs to, from 0.
  public int stream() {
    return stream;
  }

  /// What the application says that it is (payload protocol identifier), opaque here.
  public int protocol() {
    return protocol;
  }

  /// Whether it may overtake others of its stream.
  public boolean unordered() {
    return unordered;
  }
}
