package agrippa.provider.accesslog;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file that is put aside when it is full: `access.log` becomes `access.log.1`, that
/// `access.log.2`, and so on; the last one is dropped.
final class LogFile implements Target {
  private static final System.Logger LOG = System.getLogger(LogFile.class.getName());
  private static final int BUFFER = 64 << 10;

  private final Path path;
  private final long most;
  private final int old;
  private final Patience patience;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private @Nullable FileChannel file;
  private long size;

  /// @param most bytes of a file, more or less a line
  /// @param old how many full files are kept
  /// @throws IOException if the file cannot be opened
  LogFile(Path path, long most, int old, InstantSource clock) throws IOException {
    this.path = path;
    this.most = most;
    this.old = old;
    this.patience = new Patience(clock);
    open();
  }

  private void open() throws IOException {
    Set<StandardOpenOption> how = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    file = FileChannel.open(path, how, permissions());
    size = file.size();
  }

  /// Others have no business with what tenants' clients do.
  private FileAttribute<?>[] permissions() {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public boolean ready() {
    if (file != null) {
      return true;
    }
    if (!patience.over()) {
      return false;
    }
    try {
      open();
      patience.succeeded();
      return true;
    } catch (IOException e) {
      patience.failed();
      LOG.log(Level.WARNING, "the access log cannot be written: {0}", e.toString());
      return false;
    }
  }

  @Override
  public void write(CharSequence line, Instant when) throws IOException {
    int length = line.length() + 1;
    if (buffer.remaining() < length) {
      flush();
    }
    if (size > 0 && size + length > most) {
      flush();
      putAside();
    }
    buffer.put(line.toString().getBytes(US_ASCII)).put((byte) '\n');
    size += length;
  }

  private void putAside() throws IOException {
    close();
    try {
      for (int i = old - 1; i >= 1; i--) {
        if (Files.exists(numbered(i), LinkOption.NOFOLLOW_LINKS)) {
          Files.move(numbered(i), numbered(i + 1), REPLACE_EXISTING);
        }
      }
      if (old > 0) {
        Files.move(path, numbered(1), REPLACE_EXISTING);
      } else {
        Files.delete(path);
      }
      open();
    } catch (IOException e) {
      patience.failed();
      throw e;
    }
  }

  private Path numbered(int number) {
    return path.resolveSibling(path.getFileName() + "." + number);
  }

  @Override
  public void flush() throws IOException {
    FileChannel to = file;
    if (to == null) {
      buffer.clear();
      throw new IOException("the access log is not open");
    }
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
    } catch (IOException e) {
      patience.failed();
      close();
      throw e;
    } finally {
      buffer.clear();
    }
  }

  @Override
  public void close() {
    FileChannel open = file;
    file = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
