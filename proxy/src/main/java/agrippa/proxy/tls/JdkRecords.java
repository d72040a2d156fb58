package agrippa.proxy.tls;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.TlsInfo;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// One SSLEngine, used by one loop.
final class JdkRecords implements TlsRecords {
  private static final int LONGEST_FAILURE = 200;

  /// Calls without any progress after which an engine is given up; it needs two or three.
  private static final int PATIENCE = 16;

  private final JdkLoop loop;
  private final SSLEngine engine;
  private final @Nullable String ownServerName;
  private final ByteBuffer none = ByteBuffer.allocate(0);

  /// Plaintext that a reader had no room for.
  private @Nullable Buffer stash;

  private int ending = Channel.WOULD_BLOCK;
  private boolean begun;
  private boolean unfinished;
  private String failure = "";

  /// @param ownServerName what a client side sends as SNI, or null
  JdkRecords(JdkLoop loop, SSLEngine engine, @Nullable String ownServerName) {
    this.loop = loop;
    this.engine = engine;
    this.ownServerName = ownServerName;
  }

  @Override
  public Progress handshake(Buffer in) {
    loop.output().window(0, 0);
    try {
      if (!begun) {
        begun = true;
        engine.beginHandshake();
      }
      return negotiate(in);
    } catch (SSLException | RuntimeException e) {
      failed(e);
      return Progress.FAILED;
    }
  }

  private Progress negotiate(Buffer in) throws SSLException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          if (wrap(none).getStatus() != Status.OK) {
            return ended("the peer closed");
          }
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          loop.plaintext().window(0, 0);
          Status status = unwrap(in, loop.plaintext()).getStatus();
          if (status == Status.BUFFER_UNDERFLOW) {
            return Progress.MORE;
          }
          if (status != Status.OK) {
            return ended("the peer closed");
          }
        }
        case FINISHED, NOT_HANDSHAKING -> {
          return engine.isInboundDone() ? ended("the peer closed") : Progress.DONE;
        }
      }
    }
  }

  private Progress ended(String why) {
    failure = why;
    ending = Channel.FAILED;
    return Progress.FAILED;
  }

  @Override
  public int decrypt(Buffer in, Buffer into) {
    loop.output().window(0, 0);
    unfinished = false;
    int before = into.length();
    if (unstash(into) && ending == Channel.WOULD_BLOCK) {
      try {
        unwrapAll(in, into);
      } catch (SSLException | RuntimeException e) {
        failed(e);
      }
    }
    int total = into.length() - before;
    unfinished |= stash != null || total > 0 && ending != Channel.WOULD_BLOCK;
    return total > 0 ? total : ending;
  }

  private void unwrapAll(Buffer in, Buffer into) throws SSLException {
    int stop = into.end() + into.room();
    while (!in.isEmpty() && stash == null) {
      // Again each time, since producing lifts a limit that the reader may have set.
      into.roomAtMost(stop - into.end());
      if (into.room() == 0) {
        unfinished = true;
        return;
      }
      // The engine wants room for a whole record, however long this one is.
      boolean direct = into.room() >= TlsBuffers.RECORD;
      Buffer target = direct ? into : loop.plaintext();
      if (!direct) {
        target.window(0, 0);
      }
      SSLEngineResult result = unwrap(in, target);
      if (!direct) {
        pass(target, into);
      }
      if (engine.isInboundDone() || result.getStatus() == Status.CLOSED) {
        ending = Channel.END;
        return;
      }
      if (result.getStatus() != Status.OK) {
        return;
      }
      answer();
    }
  }

  /// Does what a message behind the handshake asks for: tickets and key updates of TLS 1.3. Older
  /// versions know renegotiation only, which is refused.
  private void answer() throws SSLException {
    for (int i = 0; i < PATIENCE; i++) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED) {
        return;
      }
      if (!engine.getSession().getProtocol().equals("TLSv1.3")) {
        throw new SSLException("renegotiation is refused");
      }
      switch (status) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> wrap(none);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> {
          return;
        }
      }
    }
    throw new SSLException("no end of messages behind the handshake");
  }

  /// @return whether nothing is stashed any more
  private boolean unstash(Buffer into) {
    Buffer waiting = stash;
    if (waiting == null) {
      return true;
    }
    waiting.consume(into.append(waiting));
    if (!waiting.isEmpty()) {
      return false;
    }
    loop.buffers().give(waiting);
    stash = null;
    return true;
  }

  private void pass(Buffer plaintext, Buffer into) {
    plaintext.consume(into.append(plaintext));
    if (!plaintext.isEmpty()) {
      stash = loop.buffers().keep(null, plaintext);
    }
  }

  @Override
  public boolean unfinished() {
    return unfinished;
  }

  @Override
  public int encrypt(Buffer from, int limit) {
    loop.output().window(0, 0);
    if (ending == Channel.FAILED) {
      return Channel.FAILED;
    }
    int taken = 0;
    try {
      for (int idle = 0; taken < limit && !from.isEmpty() && idle < PATIENCE; ) {
        ByteBuffer content = from.contentView();
        content.limit(Math.min(content.limit(), content.position() + limit - taken));
        SSLEngineResult result = wrap(content);
        if (result.getStatus() == Status.BUFFER_OVERFLOW && taken > 0) {
          break;
        }
        if (result.getStatus() != Status.OK) {
          ended("the engine takes no more");
          return Channel.FAILED;
        }
        from.consume(result.bytesConsumed());
        taken += result.bytesConsumed();
        idle = result.bytesConsumed() > 0 ? 0 : idle + 1;
      }
    } catch (SSLException | RuntimeException e) {
      failed(e);
      return Channel.FAILED;
    }
    return taken > 0 ? taken : Channel.FAILED;
  }

  @Override
  public void closeNotify() {
    loop.output().window(0, 0);
    try {
      engine.closeOutbound();
      for (int i = 0; i < PATIENCE && !engine.isOutboundDone(); i++) {
        if (wrap(none).bytesProduced() == 0) {
          return;
        }
      }
    } catch (SSLException | RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public Buffer output() {
    return loop.output();
  }

  @Override
  public TlsInfo info() {
    SSLSession session = engine.getSession();
    String name = ownServerName;
    if (!engine.getUseClientMode() && session instanceof ExtendedSSLSession extended) {
      name = ServerNames.sendable(JdkKeys.hostName(extended.getRequestedServerNames()));
    }
    String protocol = engine.getApplicationProtocol();
    return new TlsInfo(
        session.getProtocol(),
        JdkCiphers.openSslName(session.getCipherSuite()),
        name,
        protocol == null || protocol.isEmpty() ? null : protocol,
        peer(session),
        0);
  }

  private static @Nullable X509Certificate peer(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate leaf ? leaf : null;
    } catch (SSLPeerUnverifiedException _) {
      // This is how the JDK says that there is none.
      return null;
    }
  }

  @Override
  public String failure() {
    return failure;
  }

  @Override
  public void free() {
    if (stash != null) {
      loop.buffers().give(stash);
      stash = null;
    }
  }

  // --- the engine ---

  private SSLEngineResult unwrap(Buffer in, Buffer into) throws SSLException {
    SSLEngineResult result = engine.unwrap(in.contentView(), into.roomView());
    in.consume(result.bytesConsumed());
    into.produced(result.bytesProduced());
    return result;
  }

  private SSLEngineResult wrap(ByteBuffer from) throws SSLException {
    SSLEngineResult result = engine.wrap(from, loop.output().roomView());
    loop.output().produced(result.bytesProduced());
    return result;
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /// Notes why, and lets the engine put an alert into the output.
  private void failed(Exception why) {
    ending = Channel.FAILED;
    String text = why.getClass().getSimpleName() + ": " + why.getMessage();
    text = text.replaceAll("\\p{Cntrl}", " ");
    failure = text.substring(0, Math.min(text.length(), LONGEST_FAILURE));
    try {
      for (int i = 0;
          i < PATIENCE && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
          i++) {
        wrap(none);
      }
    } catch (SSLException | RuntimeException e) {
      failure += ", and no alert";
    }
  }
}
