package agrippa.provider.accesslog;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
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

/// A file that is put aside when it is full: `access.log` becomes `access.log.1`, that
/// `access.log.2`, and so on; the last one is dropped.
final class LogFile implements Target {
  private final Path path;
  private final long most;
  private final int old;
  private final Outlet outlet;
  private long size;

  /// @param most bytes of a file, more or less a line
  /// @param old how many full files are kept
  /// @throws IOException if the file cannot be opened
  LogFile(Path path, long most, int old, InstantSource clock) throws IOException {
    this.path = path;
    this.most = most;
    this.old = old;
    this.outlet = new Outlet("the access log", this::file, clock);
    outlet.open();
  }

  private FileChannel file() throws IOException {
    Set<StandardOpenOption> how = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    FileChannel file = FileChannel.open(path, how, permissions());
    size = file.size();
    return file;
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
    return outlet.ready();
  }

  @Override
  public void write(CharSequence line, Instant when) throws IOException {
    int length = line.length() + 1;
    if (!outlet.hasRoom(length)) {
      flush();
    }
    if (size > 0 && size + length > most) {
      flush();
      putAside();
    }
    outlet.put((line + "\n").getBytes(US_ASCII));
    size += length;
  }

  private void putAside() throws IOException {
    outlet.close();
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
      outlet.open();
    } catch (IOException e) {
      outlet.failed();
      throw e;
    }
  }

  private Path numbered(int number) {
    return path.resolveSibling(path.getFileName() + "." + number);
  }

  @Override
  public void flush() throws IOException {
    outlet.flush();
  }

  @Override
  public void close() {
    outlet.close();
  }
}
