package agrippa.proxy.tls;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/// The functions of OpenSSL's libssl for connections (`SSL`) and their sessions, by their own names
/// without the prefix and with pointers as `long`s. Nothing is checked here: only the classes that
/// own a pointer call this.
final class LibSsl {
  private static final MethodHandle SSL_SELECT_NEXT_PROTO =
      NativeLibrary.SSL.function(
          "SSL_select_next_proto",
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT);
  private static final MethodHandle SSL_NEW =
      NativeLibrary.SSL.function("SSL_new", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_SET_BIO =
      NativeLibrary.SSL.action("SSL_set_bio", JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_SET_ACCEPT_STATE =
      NativeLibrary.SSL.action("SSL_set_accept_state", JAVA_LONG);
  private static final MethodHandle SSL_SET_CONNECT_STATE =
      NativeLibrary.SSL.action("SSL_set_connect_state", JAVA_LONG);
  private static final MethodHandle SSL_CTRL =
      NativeLibrary.SSL.function("SSL_ctrl", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_SET1_HOST =
      NativeLibrary.SSL.function("SSL_set1_host", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_DO_HANDSHAKE =
      NativeLibrary.SSL.function("SSL_do_handshake", JAVA_INT, JAVA_LONG);
  private static final MethodHandle SSL_READ =
      NativeLibrary.SSL.function("SSL_read", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SSL_WRITE =
      NativeLibrary.SSL.function("SSL_write", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SSL_SHUTDOWN =
      NativeLibrary.SSL.function("SSL_shutdown", JAVA_INT, JAVA_LONG);
  private static final MethodHandle SSL_GET_ERROR =
      NativeLibrary.SSL.function("SSL_get_error", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SSL_GET_VERIFY_RESULT =
      NativeLibrary.SSL.function("SSL_get_verify_result", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_GET_VERIFY_MODE =
      NativeLibrary.SSL.function("SSL_get_verify_mode", JAVA_INT, JAVA_LONG);
  private static final MethodHandle SSL_SET_NUM_TICKETS =
      NativeLibrary.SSL.function("SSL_set_num_tickets", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_GET1_PEER_CERTIFICATE =
      NativeLibrary.SSL.function("SSL_get1_peer_certificate", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_GET_VERSION =
      NativeLibrary.SSL.function("SSL_get_version", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_GET_CURRENT_CIPHER =
      NativeLibrary.SSL.function("SSL_get_current_cipher", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_CIPHER_GET_NAME =
      NativeLibrary.SSL.function("SSL_CIPHER_get_name", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_GET_SERVERNAME =
      NativeLibrary.SSL.function("SSL_get_servername", JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SSL_GET0_ALPN_SELECTED =
      NativeLibrary.SSL.action("SSL_get0_alpn_selected", JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_SET_SSL_CTX =
      NativeLibrary.SSL.function("SSL_set_SSL_CTX", JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_GET1_SESSION =
      NativeLibrary.SSL.function("SSL_get1_session", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_SET_SESSION =
      NativeLibrary.SSL.function("SSL_set_session", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_SESSION_IS_RESUMABLE =
      NativeLibrary.SSL.function("SSL_SESSION_is_resumable", JAVA_INT, JAVA_LONG);
  private static final MethodHandle SSL_SESSION_FREE =
      NativeLibrary.SSL.action("SSL_SESSION_free", JAVA_LONG);
  private static final MethodHandle SSL_FREE = NativeLibrary.SSL.action("SSL_free", JAVA_LONG);

  private LibSsl() {}

  static long create(long context) {
    try {
      return (long) SSL_NEW.invokeExact(context);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void free(long ssl) {
    try {
      SSL_FREE.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /// Takes over one reference to each BIO.
  static void bios(long ssl, long read, long write) {
    try {
      SSL_SET_BIO.invokeExact(ssl, read, write);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void acceptState(long ssl) {
    try {
      SSL_SET_ACCEPT_STATE.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void connectState(long ssl) {
    try {
      SSL_SET_CONNECT_STATE.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long control(long ssl, int command, long number, long pointer) {
    try {
      return (long) SSL_CTRL.invokeExact(ssl, command, number, pointer);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int expectedHost(long ssl, long name) {
    try {
      return (int) SSL_SET1_HOST.invokeExact(ssl, name);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int handshake(long ssl) {
    try {
      return (int) SSL_DO_HANDSHAKE.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int read(long ssl, long into, int room) {
    try {
      return (int) SSL_READ.invokeExact(ssl, into, room);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int write(long ssl, long from, int length) {
    try {
      return (int) SSL_WRITE.invokeExact(ssl, from, length);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int shutdown(long ssl) {
    try {
      return (int) SSL_SHUTDOWN.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int error(long ssl, int result) {
    try {
      return (int) SSL_GET_ERROR.invokeExact(ssl, result);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /// What of SSL_VERIFY_PEER and its companions is set; 0 is none.
  static int verifyMode(long ssl) {
    try {
      return (int) SSL_GET_VERIFY_MODE.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /// How many tickets a server gives after a handshake of TLS 1.3.
  static int numTickets(long ssl, long count) {
    try {
      return (int) SSL_SET_NUM_TICKETS.invokeExact(ssl, count);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long verifyResult(long ssl) {
    try {
      return (long) SSL_GET_VERIFY_RESULT.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /// The caller frees it.
  static long peerCertificate(long ssl) {
    try {
      return (long) SSL_GET1_PEER_CERTIFICATE.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long version(long ssl) {
    try {
      return (long) SSL_GET_VERSION.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /// The name of the cipher that is used; that of nothing is a text, too.
  static long cipherName(long ssl) {
    try {
      return (long) SSL_CIPHER_GET_NAME.invokeExact((long) SSL_GET_CURRENT_CIPHER.invokeExact(ssl));
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long serverName(long ssl, int type) {
    try {
      return (long) SSL_GET_SERVERNAME.invokeExact(ssl, type);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void alpnSelected(long ssl, long out, long outLength) {
    try {
      SSL_GET0_ALPN_SELECTED.invokeExact(ssl, out, outLength);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long switchContext(long ssl, long context) {
    try {
      return (long) SSL_SET_SSL_CTX.invokeExact(ssl, context);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /// The caller frees it.
  static long session(long ssl) {
    try {
      return (long) SSL_GET1_SESSION.invokeExact(ssl);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int resume(long ssl, long session) {
    try {
      return (int) SSL_SET_SESSION.invokeExact(ssl, session);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int isResumable(long session) {
    try {
      return (int) SSL_SESSION_IS_RESUMABLE.invokeExact(session);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void freeSession(long session) {
    try {
      SSL_SESSION_FREE.invokeExact(session);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int selectProtocol(
      long out, long outLength, long server, int serverLength, long client, int clientLength) {
    try {
      return (int)
          SSL_SELECT_NEXT_PROTO.invokeExact(
              out, outLength, server, serverLength, client, clientLength);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
