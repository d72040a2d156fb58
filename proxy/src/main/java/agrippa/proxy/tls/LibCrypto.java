package agrippa.proxy.tls;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/// The functions of OpenSSL's libcrypto that are used; see [LibSsl].
final class LibCrypto {
  private static final MethodHandle OPENSSL_INIT_CRYPTO =
      NativeLibrary.CRYPTO.function("OPENSSL_init_crypto", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle OPENSSL_VERSION =
      NativeLibrary.CRYPTO.function("OpenSSL_version", JAVA_LONG, JAVA_INT);
  private static final MethodHandle BIO_S_MEM =
      NativeLibrary.CRYPTO.function("BIO_s_mem", JAVA_LONG);
  private static final MethodHandle CRYPTO_MEMDUP =
      NativeLibrary.CRYPTO.function(
          "CRYPTO_memdup", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle BIO_NEW =
      NativeLibrary.CRYPTO.function("BIO_new", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle BIO_UP_REF =
      NativeLibrary.CRYPTO.function("BIO_up_ref", JAVA_INT, JAVA_LONG);
  private static final MethodHandle BIO_FREE =
      NativeLibrary.CRYPTO.function("BIO_free", JAVA_INT, JAVA_LONG);
  private static final MethodHandle BIO_CTRL =
      NativeLibrary.CRYPTO.function(
          "BIO_ctrl", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle BIO_SET_FLAGS =
      NativeLibrary.CRYPTO.action("BIO_set_flags", JAVA_LONG, JAVA_INT);
  private static final MethodHandle BUF_MEM_NEW =
      NativeLibrary.CRYPTO.function("BUF_MEM_new", JAVA_LONG);
  private static final MethodHandle BUF_MEM_GROW =
      NativeLibrary.CRYPTO.function("BUF_MEM_grow", JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle BUF_MEM_FREE =
      NativeLibrary.CRYPTO.action("BUF_MEM_free", JAVA_LONG);
  private static final MethodHandle ERR_GET_ERROR =
      NativeLibrary.CRYPTO.function("ERR_get_error", JAVA_LONG);
  private static final MethodHandle ERR_CLEAR_ERROR =
      NativeLibrary.CRYPTO.action("ERR_clear_error");
  private static final MethodHandle ERR_ERROR_STRING_N =
      NativeLibrary.CRYPTO.action("ERR_error_string_n", JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle D2I_X509 =
      NativeLibrary.CRYPTO.function("d2i_X509", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle I2D_X509 =
      NativeLibrary.CRYPTO.function("i2d_X509", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle X509_FREE = NativeLibrary.CRYPTO.action("X509_free", JAVA_LONG);
  private static final MethodHandle D2I_X509_CRL =
      NativeLibrary.CRYPTO.function("d2i_X509_CRL", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle X509_CRL_FREE =
      NativeLibrary.CRYPTO.action("X509_CRL_free", JAVA_LONG);
  private static final MethodHandle D2I_AUTOPRIVATEKEY =
      NativeLibrary.CRYPTO.function(
          "d2i_AutoPrivateKey", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle EVP_PKEY_FREE =
      NativeLibrary.CRYPTO.action("EVP_PKEY_free", JAVA_LONG);
  private static final MethodHandle X509_STORE_NEW =
      NativeLibrary.CRYPTO.function("X509_STORE_new", JAVA_LONG);
  private static final MethodHandle X509_STORE_FREE =
      NativeLibrary.CRYPTO.action("X509_STORE_free", JAVA_LONG);
  private static final MethodHandle X509_STORE_ADD_CERT =
      NativeLibrary.CRYPTO.function("X509_STORE_add_cert", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle X509_STORE_ADD_CRL =
      NativeLibrary.CRYPTO.function("X509_STORE_add_crl", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle X509_STORE_SET_FLAGS =
      NativeLibrary.CRYPTO.function("X509_STORE_set_flags", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle EVP_AES_256_CBC =
      NativeLibrary.CRYPTO.function("EVP_aes_256_cbc", JAVA_LONG);
  private static final MethodHandle EVP_ENCRYPTINIT_EX =
      NativeLibrary.CRYPTO.function(
          "EVP_EncryptInit_ex", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle EVP_DECRYPTINIT_EX =
      NativeLibrary.CRYPTO.function(
          "EVP_DecryptInit_ex", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle EVP_MAC_CTX_SET_PARAMS =
      NativeLibrary.CRYPTO.function("EVP_MAC_CTX_set_params", JAVA_INT, JAVA_LONG, JAVA_LONG);

  /// At exit the library would free what loops may still be using; the process ends anyway.
  private static final long NO_ATEXIT = 0x0008_0000;

  static {
    initialise(NO_ATEXIT, 0);
  }

  private LibCrypto() {}

  static long version(int what) {
    try {
      return (long) OPENSSL_VERSION.invokeExact(what);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long memoryBioMethod() {
    try {
      return (long) BIO_S_MEM.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long newBio(long method) {
    try {
      return (long) BIO_NEW.invokeExact(method);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int keepBio(long bio) {
    try {
      return (int) BIO_UP_REF.invokeExact(bio);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /// Drops one reference.
  static int freeBio(long bio) {
    try {
      return (int) BIO_FREE.invokeExact(bio);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long bioControl(long bio, int command, long number, long pointer) {
    try {
      return (long) BIO_CTRL.invokeExact(bio, command, number, pointer);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void bioFlags(long bio, int flags) {
    try {
      BIO_SET_FLAGS.invokeExact(bio, flags);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long newMemory() {
    try {
      return (long) BUF_MEM_NEW.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long growMemory(long memory, long length) {
    try {
      return (long) BUF_MEM_GROW.invokeExact(memory, length);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void freeMemory(long memory) {
    try {
      BUF_MEM_FREE.invokeExact(memory);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long nextError() {
    try {
      return (long) ERR_GET_ERROR.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void clearErrors() {
    try {
      ERR_CLEAR_ERROR.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void errorText(long error, long into, long room) {
    try {
      ERR_ERROR_STRING_N.invokeExact(error, into, room);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long parseCertificate(long reuse, long position, long length) {
    try {
      return (long) D2I_X509.invokeExact(reuse, position, length);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int encodeCertificate(long certificate, long position) {
    try {
      return (int) I2D_X509.invokeExact(certificate, position);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void freeCertificate(long certificate) {
    try {
      X509_FREE.invokeExact(certificate);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long parseRevocations(long reuse, long position, long length) {
    try {
      return (long) D2I_X509_CRL.invokeExact(reuse, position, length);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void freeRevocations(long list) {
    try {
      X509_CRL_FREE.invokeExact(list);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long parseKey(long reuse, long position, long length) {
    try {
      return (long) D2I_AUTOPRIVATEKEY.invokeExact(reuse, position, length);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void freeKey(long key) {
    try {
      EVP_PKEY_FREE.invokeExact(key);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long newStore() {
    try {
      return (long) X509_STORE_NEW.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static void freeStore(long store) {
    try {
      X509_STORE_FREE.invokeExact(store);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int storeCertificate(long store, long certificate) {
    try {
      return (int) X509_STORE_ADD_CERT.invokeExact(store, certificate);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int storeRevocations(long store, long list) {
    try {
      return (int) X509_STORE_ADD_CRL.invokeExact(store, list);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int storeFlags(long store, long flags) {
    try {
      return (int) X509_STORE_SET_FLAGS.invokeExact(store, flags);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static long aes256Cbc() {
    try {
      return (long) EVP_AES_256_CBC.invokeExact();
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int startEncrypting(long cipher, long type, long engine, long key, long iv) {
    try {
      return (int) EVP_ENCRYPTINIT_EX.invokeExact(cipher, type, engine, key, iv);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int startDecrypting(long cipher, long type, long engine, long key, long iv) {
    try {
      return (int) EVP_DECRYPTINIT_EX.invokeExact(cipher, type, engine, key, iv);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  static int macParameters(long mac, long parameters) {
    try {
      return (int) EVP_MAC_CTX_SET_PARAMS.invokeExact(mac, parameters);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  /// A copy in the library's own memory, for those of its functions that free what they are given.
  static long copy(long from, long length) {
    try {
      return (long) CRYPTO_MEMDUP.invokeExact(from, length, 0L, 0);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  private static int initialise(long options, long settings) {
    try {
      return (int) OPENSSL_INIT_CRYPTO.invokeExact(options, settings);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
