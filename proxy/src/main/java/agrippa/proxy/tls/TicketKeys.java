package agrippa.proxy.tls;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The keys that session tickets are encrypted with, one set for all loops and frontends: whose a
/// ticket is, its session identity says. A key issues tickets for two hours, and reads them for two
/// more, which is as long as sessions live.
final class TicketKeys {
  private static final Duration ISSUES = Duration.ofHours(2);
  private static final int NAME = 16;
  private static final int IV = 16;
  private static final int OSSL_PARAM_UTF8_STRING = 4;
  private static final int OSSL_PARAM_OCTET_STRING = 5;
  private static final long OSSL_PARAM_SIZE = 40;

  private static final int ERROR = -1;
  private static final int UNKNOWN = 0;
  private static final int KNOWN = 1;
  private static final int RENEW = 2;

  private final InstantSource clock;
  private final SecureRandom random;
  private final Arena arena = Arena.ofAuto();
  private final long callback;
  private volatile Ring ring;

  TicketKeys(InstantSource clock, SecureRandom random) {
    this.clock = clock;
    this.random = random;
    this.ring = new Ring(new Key(random, clock.instant()), null);
    try {
      MethodType type =
          MethodType.methodType(
              int.class, long.class, long.class, long.class, long.class, long.class, int.class);
      FunctionDescriptor descriptor =
          FunctionDescriptor.of(
              JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
      this.callback =
          Linker.nativeLinker()
              .upcallStub(MethodHandles.lookup().bind(this, "prepare", type), descriptor, arena)
              .address();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("A callback is missing", e);
    }
  }

  /// For SSL_CTX_set_tlsext_ticket_key_evp_cb.
  long callback() {
    return callback;
  }

  @SuppressWarnings("unused") // Called by OpenSSL. Nothing may be thrown into it.
  private int prepare(long ssl, long name, long iv, long cipher, long mac, int encrypting) {
    try {
      Ring keys = current();
      return encrypting == 1
          ? issue(keys.newest(), name, iv, cipher, mac)
          : read(keys, ssl, name, iv, cipher, mac);
    } catch (Throwable e) {
      System.getLogger(TicketKeys.class.getName())
          .log(System.Logger.Level.ERROR, "A TLS session ticket failed", e);
      return ERROR;
    }
  }

  private int issue(Key key, long name, long iv, long cipher, long mac) {
    byte[] fresh = new byte[IV];
    random.nextBytes(fresh);
    MemorySegment.copy(
        fresh, 0, MemorySegment.ofAddress(iv).reinterpret(IV), JAVA_BYTE, 0, fresh.length);
    MemorySegment.copy(key.memory, Key.NAME_AT, memory(name, NAME), 0, NAME);
    long type = LibCrypto.aes256Cbc();
    boolean ready =
        LibCrypto.startEncrypting(cipher, type, 0, key.at(Key.CIPHER_AT), iv) == 1
            && LibCrypto.macParameters(mac, key.at(Key.PARAMETERS_AT)) == 1;
    Reference.reachabilityFence(key);
    return ready ? KNOWN : ERROR;
  }

  private int read(Ring keys, long ssl, long name, long iv, long cipher, long mac) {
    Key key = keys.named(memory(name, NAME));
    if (key == null) {
      return UNKNOWN;
    }
    // A further ticket would live as long again: who came by one after another would never have to
    // show a certificate any more.
    if (LibSsl.verifyMode(ssl) != 0 && LibSsl.numTickets(ssl, 0) != 1) {
      return ERROR;
    }
    long type = LibCrypto.aes256Cbc();
    boolean ready =
        LibCrypto.startDecrypting(cipher, type, 0, key.at(Key.CIPHER_AT), iv) == 1
            && LibCrypto.macParameters(mac, key.at(Key.PARAMETERS_AT)) == 1;
    Reference.reachabilityFence(key);
    if (!ready) {
      return ERROR;
    }
    return key == keys.newest() ? KNOWN : RENEW;
  }

  private static MemorySegment memory(long address, long length) {
    return MemorySegment.ofAddress(address).reinterpret(length);
  }

  /// The keys of now: too old ones are replaced by whoever comes first.
  private Ring current() {
    Ring seen = ring;
    Instant now = clock.instant();
    if (now.isBefore(seen.newest.made.plus(ISSUES))) {
      return seen;
    }
    synchronized (this) {
      Ring latest = ring;
      Instant due = latest.newest.made.plus(ISSUES);
      if (!now.isBefore(due)) {
        boolean readable = now.isBefore(due.plus(ISSUES));
        ring = new Ring(new Key(random, now), readable ? latest.newest : null);
      }
      return ring;
    }
  }

  /// @param newest issues tickets
  /// @param previous still reads them
  private record Ring(Key newest, @Nullable Key previous) {
    @Nullable Key named(MemorySegment name) {
      if (newest.hasName(name)) {
        return newest;
      }
      return previous != null && previous.hasName(name) ? previous : null;
    }
  }

  /// A key in native memory, as OpenSSL wants it, until nobody uses it any more.
  private static final class Key {
    private static final long NAME_AT = 0;
    private static final long CIPHER_AT = 16;
    private static final long MAC_AT = 48;
    private static final long SECRETS = 80;
    private static final long KEY_TEXT_AT = 80;
    private static final long DIGEST_TEXT_AT = 88;
    private static final long SHA256_TEXT_AT = 96;
    private static final long PARAMETERS_AT = 104;

    private final Instant made;
    private final MemorySegment memory;

    Key(SecureRandom random, Instant made) {
      this.made = made;
      this.memory = Arena.ofAuto().allocate(PARAMETERS_AT + 3 * OSSL_PARAM_SIZE, 8);
      byte[] secrets = new byte[(int) SECRETS];
      random.nextBytes(secrets);
      MemorySegment.copy(secrets, 0, memory, JAVA_BYTE, 0, secrets.length);
      Arrays.fill(secrets, (byte) 0);
      memory.setString(KEY_TEXT_AT, "key");
      memory.setString(DIGEST_TEXT_AT, "digest");
      memory.setString(SHA256_TEXT_AT, "sha256");
      parameter(0, KEY_TEXT_AT, OSSL_PARAM_OCTET_STRING, MAC_AT, SECRETS - MAC_AT);
      parameter(1, DIGEST_TEXT_AT, OSSL_PARAM_UTF8_STRING, SHA256_TEXT_AT, "sha256".length());
    }

    /// Fills one OSSL_PARAM { key, data_type, data, data_size, return_size }; a zeroed one ends.
    private void parameter(int index, long key, int type, long data, long size) {
      long at = PARAMETERS_AT + index * OSSL_PARAM_SIZE;
      memory.set(JAVA_LONG, at, memory.address() + key);
      memory.set(JAVA_INT, at + 8, type);
      memory.set(JAVA_LONG, at + 16, memory.address() + data);
      memory.set(JAVA_LONG, at + 24, size);
    }

    boolean hasName(MemorySegment name) {
      return MemorySegment.mismatch(memory, NAME_AT, NAME_AT + NAME, name, 0, NAME) < 0;
    }

    long at(long offset) {
      return memory.address() + offset;
    }
  }
}
