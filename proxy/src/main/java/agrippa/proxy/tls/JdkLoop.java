package agrippa.proxy.tls;

import agrippa.proxy.transport.Buffer;

/// What the JDK's connections of one loop share.
///
/// @param buffers for the channels above
/// @param output ciphertext of the last call
/// @param plaintext one record's, when its reader has no room for it
record JdkLoop(TlsBuffers buffers, Buffer output, Buffer plaintext) {
  private static final int OUTPUT = 128 * 1024;

  JdkLoop() {
    this(new TlsBuffers(), Buffer.allocate(OUTPUT), Buffer.allocate(TlsBuffers.RECORD));
  }

  void free() {
    buffers.free();
    output.free();
    plaintext.free();
  }
}
