package agrippa.proxy.transport.epoll;

import org.jspecify.annotations.Nullable;

/// A pipe of the kernel, through which bytes are spliced.
///
/// @param capacity bytes that it holds at most
record Pipe(int reader, int writer, int capacity) {
  private static final int WANTED = 1 << 20;
  private static final int USUAL = 1 << 16;

  /// @return null if the system has none left
  static @Nullable Pipe open(Kernel kernel) {
    long ends = kernel.pipe();
    if (ends < 0) {
      return null;
    }
    int reader = (int) ends;
    int capacity = kernel.pipeCapacity(reader, WANTED);
    return new Pipe(reader, (int) (ends >>> 32), capacity > 0 ? capacity : USUAL);
  }

  void close(Kernel kernel) {
    kernel.close(reader);
    kernel.close(writer);
  }
}
