package agrippa.proxy.tls;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.TlsInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One SSL of OpenSSL, used by one loop.
final class OpenSslRecords implements TlsRecords {
  private static final int SSL_ERROR_WANT_READ = 2;
  private static final int SSL_ERROR_ZERO_RETURN = 6;
  private static final int HOST_NAME = 0;
  private static final int LONGEST_TEXT = 256;

  private final OpenSslLoop loop;
  private final Owner owner;
  private long ssl;

  /// END or FAILED once decryption has nothing else to say.
  private int ending = Channel.WOULD_BLOCK;

  private boolean unfinished;
  private boolean established;
  private String failure = "";
  private @Nullable X509Certificate peer;

  /// Takes over an SSL that has its context and its side.
  OpenSslRecords(OpenSslLoop loop, long ssl, Owner owner) {
    this.loop = loop;
    this.ssl = ssl;
    this.owner = owner;
    loop.attach(this, ssl);
  }

  @Override
  public Progress handshake(Buffer in) {
    long pointer = alive();
    LibCrypto.clearErrors();
    loop.begin(in);
    int result = LibSsl.handshake(pointer);
    loop.end(in);
    if (result == 1) {
      LibCrypto.clearErrors();
      established = readPeer(pointer);
      return established ? Progress.DONE : Progress.FAILED;
    }
    if (LibSsl.error(pointer, result) == SSL_ERROR_WANT_READ) {
      return Progress.MORE;
    }
    long verified = LibSsl.verifyResult(pointer);
    failure = OpenSslErrors.drain() + (verified == 0 ? "" : " (verification " + verified + ")");
    ending = Channel.FAILED;
    return Progress.FAILED;
  }

  /// Reads a client's certificate at once, since it may be one that only OpenSSL can read.
  private boolean readPeer(long pointer) {
    if (!owner.asksPeer()) {
      return true;
    }
    long certificate = LibSsl.peerCertificate(pointer);
    if (certificate == 0) {
      return true;
    }
    try {
      peer = OpenSslObjects.certificate(certificate);
      return true;
    } catch (CertificateException e) {
      failure = "the peer's certificate cannot be read";
      return false;
    } finally {
      LibCrypto.freeCertificate(certificate);
    }
  }

  @Override
  public int decrypt(Buffer in, Buffer into) {
    if (ending != Channel.WOULD_BLOCK) {
      unfinished = false;
      return ending;
    }
    long pointer = alive();
    loop.begin(in);
    int total = 0;
    // Counted down here, since producing lifts a limit that the reader may have set.
    int room = into.room();
    boolean emptied = false;
    while (!emptied && room > 0) {
      int got = LibSsl.read(pointer, into.memory().address() + into.end(), room);
      if (got > 0) {
        into.produced(got);
        total += got;
        // A read that leaves room ends a record; without more input there is no other.
        emptied = got < room && loop.unread() == 0;
        room -= got;
      } else {
        ending = stopped(pointer, got);
        emptied = true;
      }
    }
    loop.end(in);
    unfinished = !emptied || total > 0 && ending != Channel.WOULD_BLOCK;
    return total > 0 ? total : ending;
  }

  private int stopped(long pointer, int result) {
    int error = LibSsl.error(pointer, result);
    if (error == SSL_ERROR_WANT_READ) {
      return Channel.WOULD_BLOCK;
    }
    if (error == SSL_ERROR_ZERO_RETURN) {
      return Channel.END;
    }
    failure = OpenSslErrors.drain();
    return Channel.FAILED;
  }

  @Override
  public boolean unfinished() {
    return unfinished;
  }

  @Override
  public int encrypt(Buffer from, int limit) {
    if (ending == Channel.FAILED) {
      return Channel.FAILED;
    }
    loop.begin();
    int count = Math.min(from.length(), limit);
    int taken = LibSsl.write(alive(), from.memory().address() + from.start(), count);
    if (taken <= 0) {
      failure = OpenSslErrors.drain();
      ending = Channel.FAILED;
      return Channel.FAILED;
    }
    from.consume(taken);
    return taken;
  }

  @Override
  public void closeNotify() {
    loop.begin();
    if (established && ending != Channel.FAILED && LibSsl.shutdown(alive()) < 0) {
      failure = OpenSslErrors.drain();
    }
  }

  @Override
  public Buffer output() {
    return loop.output();
  }

  @Override
  public TlsInfo info() {
    long pointer = alive();
    if (peer == null) {
      long certificate = LibSsl.peerCertificate(pointer);
      if (certificate != 0) {
        peer = readable(certificate);
        LibCrypto.freeCertificate(certificate);
      }
    }
    return new TlsInfo(
        Objects.requireNonNullElse(text(LibSsl.version(pointer)), ""),
        Objects.requireNonNullElse(text(LibSsl.cipherName(pointer)), ""),
        ServerNames.sendable(serverName(pointer)),
        protocol(pointer),
        peer,
        owner.verifies() ? (int) LibSsl.verifyResult(pointer) : 0);
  }

  /// A server's certificate is told if it can be read; nothing depends on it.
  private @Nullable X509Certificate readable(long certificate) {
    try {
      return OpenSslObjects.certificate(certificate);
    } catch (CertificateException e) {
      failure = "the peer's certificate cannot be read";
      return null;
    }
  }

  /// What a client asked for or was told to ask for, as it was sent; at most 255 bytes.
  static @Nullable String serverName(long ssl) {
    return text(LibSsl.serverName(ssl, HOST_NAME));
  }

  private static @Nullable String text(long address) {
    return address == 0
        ? null
        : MemorySegment.ofAddress(address)
            .reinterpret(LONGEST_TEXT)
            .getString(0, StandardCharsets.ISO_8859_1);
  }

  private static @Nullable String protocol(long ssl) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(16, 8);
      LibSsl.alpnSelected(ssl, out.address(), out.address() + 8);
      int length = out.get(JAVA_INT, 8);
      if (length == 0) {
        return null;
      }
      byte[] name =
          MemorySegment.ofAddress(out.get(JAVA_LONG, 0)).reinterpret(length).toArray(JAVA_BYTE);
      return new String(name, StandardCharsets.US_ASCII);
    }
  }

  @Override
  public String failure() {
    return failure;
  }

  @Override
  public void free() {
    long pointer = ssl;
    if (pointer != 0) {
      ssl = 0;
      if (established && ending != Channel.FAILED) {
        owner.ended(pointer);
      }
      LibSsl.free(pointer);
      loop.detach(this);
      owner.freed();
    }
  }

  private long alive() {
    if (ssl == 0) {
      throw new IllegalStateException("used after free");
    }
    return ssl;
  }

  /// The settings that a connection was made with.
  interface Owner {
    /// Whether peers are asked for a certificate that somebody will look at.
    boolean asksPeer();

    /// Whether peers' certificates are verified.
    boolean verifies();

    /// A connection that was established ends well; its session may be kept.
    void ended(long ssl);

    /// A connection's memory is given back.
    void freed();
  }
}
