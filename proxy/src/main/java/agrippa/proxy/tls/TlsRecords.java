package agrippa.proxy.tls;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.TlsInfo;

/// The cryptography of one connection, without any I/O. Ciphertext comes in by a buffer; whatever a
/// call has to say to the peer waits in [#output] afterwards and is sent before anything else
/// happens on this loop, because the loop's connections share that memory. Nothing is thrown for
/// what a peer sends, and after [#free] nothing may be called but [#free].
interface TlsRecords {
  /// Goes on with the handshake, consuming `in` as far as it goes.
  Progress handshake(Buffer in);

  /// Appends plaintext to `into`, as much as `in` gives and there is room for. What is left of `in`
  /// must be presented again, with more behind it.
  ///
  /// @return bytes appended, [Channel#WOULD_BLOCK] if all there was is no whole record,
  ///     [Channel#END] for the peer's close_notify, or [Channel#FAILED]
  int decrypt(Buffer in, Buffer into);

  /// Whether [#decrypt] would have something to tell without more ciphertext: it lacked room, or
  /// met the end behind the bytes it gave.
  boolean unfinished();

  /// Encrypts and consumes at most `limit` bytes of `from`.
  ///
  /// @return bytes taken, more than none, or [Channel#FAILED]
  int encrypt(Buffer from, int limit);

  /// Tells the peer that no more will be sent.
  void closeNotify();

  /// What the last call wants sent.
  Buffer output();

  /// What the handshake found out.
  TlsInfo info();

  /// What went wrong, in the library's words; never text of the peer's.
  String failure();

  /// Forgets all keys. May be called again.
  void free();

  /// How far a handshake is.
  enum Progress {
    /// It waits for the peer.
    MORE,
    DONE,
    FAILED
  }
}
