package agrippa.proxy.tls;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/// The functions of OpenSSL's libssl for contexts (`SSL_CTX`), what connections have in common: by
/// their own names without the prefix and with pointers as `long`s. Nothing is checked here: only
/// the classes that own a pointer call this.
final class LibSslContext {
  private static final MethodHandle TLS_METHOD =
      NativeLibrary.SSL.function("TLS_method", JAVA_LONG);
  private static final MethodHandle SSL_CTX_NEW =
      NativeLibrary.SSL.function("SSL_CTX_new", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_CTX_FREE =
      NativeLibrary.SSL.action("SSL_CTX_free", JAVA_LONG);
  private static final MethodHandle SSL_CTX_CTRL =
      NativeLibrary.SSL.function(
          "SSL_CTX_ctrl", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_CTX_CALLBACK_CTRL =
      NativeLibrary.SSL.function(
          "SSL_CTX_callback_ctrl", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
  private static final MethodHandle SSL_CTX_SET_OPTIONS =
      NativeLibrary.SSL.function("SSL_CTX_set_options", JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_CTX_SET_CIPHER_LIST =
      NativeLibrary.SSL.function("SSL_CTX_set_cipher_list", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_CTX_SET_SECURITY_LEVEL =
      NativeLibrary.SSL.action("SSL_CTX_set_security_level", JAVA_LONG, JAVA_INT);
  private static final MethodHandle SSL_CTX_USE_CERTIFICATE =
      NativeLibrary.SSL.function("SSL_CTX_use_certificate", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_CTX_USE_PRIVATEKEY =
      NativeLibrary.SSL.function("SSL_CTX_use_PrivateKey", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_CTX_SET1_CERT_STORE =
      NativeLibrary.SSL.action("SSL_CTX_set1_cert_store", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_CTX_ADD_CLIENT_CA =
      NativeLibrary.SSL.function("SSL_CTX_add_client_CA", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_CTX_SET_VERIFY =
      NativeLibrary.SSL.action("SSL_CTX_set_verify", JAVA_LONG, JAVA_INT, JAVA_LONG);
  private static final MethodHandle SSL_CTX_SET_SESSION_ID_CONTEXT =
      NativeLibrary.SSL.function(
          "SSL_CTX_set_session_id_context", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SSL_CTX_SET_TIMEOUT =
      NativeLibrary.SSL.function("SSL_CTX_set_timeout", JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_CTX_SET_ALPN_PROTOS =
      NativeLibrary.SSL.function(
          "SSL_CTX_set_alpn_protos", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SSL_CTX_SET_ALPN_SELECT_CB =
      NativeLibrary.SSL.action("SSL_CTX_set_alpn_select_cb", JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SSL_CTX_SET_TLSEXT_TICKET_KEY_EVP_CB =
      NativeLibrary.SSL.function(
          "SSL_CTX_set_tlsext_ticket_key_evp_cb", JAVA_INT, JAVA_LONG, JAVA_LONG);

  private LibSslContext() {}

  static long tlsMethod() {
    try {
      return (long) TLS_METHOD.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long create(long method) {
    try {
      return (long) SSL_CTX_NEW.invokeExact(method);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /// Drops one reference; each SSL holds one of its own.
  static void free(long context) {
    try {
      SSL_CTX_FREE.invokeExact(context);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long control(long context, int command, long number, long pointer) {
    try {
      return (long) SSL_CTX_CTRL.invokeExact(context, command, number, pointer);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long callback(long context, int command, long callback) {
    try {
      return (long) SSL_CTX_CALLBACK_CTRL.invokeExact(context, command, callback);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long options(long context, long options) {
    try {
      return (long) SSL_CTX_SET_OPTIONS.invokeExact(context, options);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int cipherList(long context, long list) {
    try {
      return (int) SSL_CTX_SET_CIPHER_LIST.invokeExact(context, list);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void securityLevel(long context, int level) {
    try {
      SSL_CTX_SET_SECURITY_LEVEL.invokeExact(context, level);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int useCertificate(long context, long certificate) {
    try {
      return (int) SSL_CTX_USE_CERTIFICATE.invokeExact(context, certificate);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int usePrivateKey(long context, long key) {
    try {
      return (int) SSL_CTX_USE_PRIVATEKEY.invokeExact(context, key);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void shareCertificateStore(long context, long store) {
    try {
      SSL_CTX_SET1_CERT_STORE.invokeExact(context, store);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int addClientAuthority(long context, long certificate) {
    try {
      return (int) SSL_CTX_ADD_CLIENT_CA.invokeExact(context, certificate);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void verify(long context, int mode, long callback) {
    try {
      SSL_CTX_SET_VERIFY.invokeExact(context, mode, callback);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int sessionIdContext(long context, long id, int length) {
    try {
      return (int) SSL_CTX_SET_SESSION_ID_CONTEXT.invokeExact(context, id, length);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long sessionTimeout(long context, long seconds) {
    try {
      return (long) SSL_CTX_SET_TIMEOUT.invokeExact(context, seconds);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /// Returns 0 if it worked, unlike the others.
  static int alpnProtocols(long context, long protocols, int length) {
    try {
      return (int) SSL_CTX_SET_ALPN_PROTOS.invokeExact(context, protocols, length);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void alpnSelect(long context, long callback, long argument) {
    try {
      SSL_CTX_SET_ALPN_SELECT_CB.invokeExact(context, callback, argument);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int ticketKeys(long context, long callback) {
    try {
      return (int) SSL_CTX_SET_TLSEXT_TICKET_KEY_EVP_CB.invokeExact(context, callback);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
