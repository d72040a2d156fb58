package agrippa.proxy.tls;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.TlsInfo;
import java.lang.foreign.MemorySegment;

/// A connection that came when its settings were closed already, or that there was no memory for.
final class RefusedRecords implements TlsRecords {
  private final Buffer nothing = Buffer.over(MemorySegment.NULL);
  private final String failure;

  RefusedRecords(String failure) {
    this.failure = failure;
  }

  @Override
  public Progress handshake(Buffer in) {
    return Progress.FAILED;
  }

  @Override
  public int decrypt(Buffer in, Buffer into) {
    return Channel.FAILED;
  }

  @Override
  public boolean unfinished() {
    return false;
  }

  @Override
  public int encrypt(Buffer from, int limit) {
    return Channel.FAILED;
  }

  @Override
  public void closeNotify() {}

  @Override
  public Buffer output() {
    return nothing;
  }

  @Override
  public TlsInfo info() {
    throw new IllegalStateException("never established");
  }

  @Override
  public String failure() {
    return failure;
  }

  @Override
  public void free() {}
}
