package agrippa.web;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A long body on its way in: each read has as long as a whole request otherwise has.
final class WatchedStream extends FilterInputStream {
  private final SlowClients slowClients;

  WatchedStream(InputStream stream, SlowClients slowClients) {
    super(stream);
    this.slowClients = slowClients;
  }

  @Override
  public int read() throws IOException {
    slowClients.watch();
    try {
      return super.read();
    } finally {
      slowClients.unwatch();
    }
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    slowClients.watch();
    try {
      return super.read(into, from, length);
    } finally {
      slowClients.unwatch();
    }
  }

  @Override
  public long skip(long count) throws IOException {
    slowClients.watch();
    try {
      return super.skip(count);
    } finally {
      slowClients.unwatch();
    }
  }
}
