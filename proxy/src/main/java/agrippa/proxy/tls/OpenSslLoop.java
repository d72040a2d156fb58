package agrippa.proxy.tls;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import agrippa.proxy.transport.Buffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// The pair of memory BIOs that all OpenSSL connections of one loop share, so that a connection
/// owns no memory for I/O at all.
final class OpenSslLoop {
  /*
   * OpenSSL reads from a BIO laid read-only over whatever buffer came in, by way of a BUF_MEM that
   * is ours: feeding it is three stores, and it counts down as the library reads. It writes into
   * another BUF_MEM, its own so that it may grow; output() lies over it. Sharing is safe because a
   * loop is one thread, every call ends with its input consumed or taken back, and its output is
   * sent or copied before the next. Without read-ahead the library takes from the input just what
   * the current record needs and keeps that itself, so nothing of one connection stays in the BIO.
   */
  private static final int BIO_C_SET_BUF_MEM = 114;
  private static final int BIO_FLAGS_MEM_RDONLY = 0x200;
  private static final int BIO_NOCLOSE = 0;

  // struct buf_mem_st { size_t length; char *data; size_t max; unsigned long flags; }
  private static final long LENGTH = 0;
  private static final long DATA = 8;
  private static final long MAX = 16;
  private static final long BUF_MEM_SIZE = 32;

  /// Room for four full records and their heads, so that it hardly ever grows.
  private static final long OUTPUT = 80 * 1024;

  private final TlsBuffers buffers = new TlsBuffers();
  private final Set<OpenSslRecords> connections =
      Collections.newSetFromMap(new IdentityHashMap<>());
  private final Arena arena = Arena.ofShared();
  private final MemorySegment input = arena.allocate(BUF_MEM_SIZE, 8);
  private final MemorySegment written;
  private final long readBio;
  private final long writeBio;
  private Buffer output = Buffer.over(MemorySegment.NULL);

  OpenSslLoop() {
    readBio = LibCrypto.newBio(LibCrypto.memoryBioMethod());
    writeBio = LibCrypto.newBio(LibCrypto.memoryBioMethod());
    long memory = LibCrypto.newMemory();
    if (readBio == 0 || writeBio == 0 || memory == 0 || LibCrypto.growMemory(memory, OUTPUT) == 0) {
      throw new OutOfMemoryError("OpenSSL has no memory for a loop");
    }
    LibCrypto.bioControl(readBio, BIO_C_SET_BUF_MEM, BIO_NOCLOSE, input.address());
    LibCrypto.bioFlags(readBio, BIO_FLAGS_MEM_RDONLY);
    written = MemorySegment.ofAddress(memory).reinterpret(BUF_MEM_SIZE);
    emptyOutput();
  }

  TlsBuffers buffers() {
    return buffers;
  }

  /// Gives a connection its share of the BIOs.
  void attach(OpenSslRecords connection, long ssl) {
    connections.add(connection);
    LibCrypto.keepBio(readBio);
    LibCrypto.keepBio(writeBio);
    LibSsl.bios(ssl, readBio, writeBio);
  }

  /// Forgets a connection that is freed.
  void detach(OpenSslRecords connection) {
    connections.remove(connection);
  }

  /// Starts a call that reads from `in`.
  void begin(Buffer in) {
    begin();
    input.set(JAVA_LONG, LENGTH, in.length());
    input.set(JAVA_LONG, DATA, in.memory().address() + in.start());
    input.set(JAVA_LONG, MAX, in.length());
  }

  /// Starts a call that only writes.
  void begin() {
    if (written.get(JAVA_LONG, LENGTH) != 0) {
      emptyOutput();
    }
  }

  /// Bytes that the library has not read yet.
  long unread() {
    return input.get(JAVA_LONG, LENGTH);
  }

  /// Ends a call that read from `in`, which keeps what was not read.
  void end(Buffer in) {
    in.consume(in.length() - (int) unread());
    input.set(JAVA_LONG, LENGTH, 0);
  }

  /// What the last call wrote.
  Buffer output() {
    long length = written.get(JAVA_LONG, LENGTH);
    long data = written.get(JAVA_LONG, DATA);
    long max = written.get(JAVA_LONG, MAX);
    if (output.memory().address() != data || output.capacity() != max) {
      output = Buffer.over(MemorySegment.ofAddress(data).reinterpret(max));
    }
    output.window(0, (int) length);
    return output;
  }

  private void emptyOutput() {
    written.set(JAVA_LONG, LENGTH, 0);
    LibCrypto.bioControl(writeBio, BIO_C_SET_BUF_MEM, BIO_NOCLOSE, written.address());
  }

  /// Frees everything, connections included that were cut off when the loop ended.
  void free() {
    List.copyOf(connections).forEach(OpenSslRecords::free);
    LibCrypto.freeBio(readBio);
    LibCrypto.freeBio(writeBio);
    LibCrypto.freeMemory(written.address());
    buffers.free();
    arena.close();
  }
}
