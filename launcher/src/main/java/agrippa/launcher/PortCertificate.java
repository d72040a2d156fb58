package agrippa.launcher;

import agrippa.control.spi.Secrets.KeyPair;
import agrippa.launcher.CertificateFiles.Content;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The certificate of the API's port. Its files are looked at again and again: another certificate
/// in them is for handshakes that begin from then on, and connections go on. Files that cannot be
/// used change nothing.
///
/// They are read, not watched: whoever renews certificates may replace the files, a folder above
/// them, or what links lead to, and perhaps on another machine.
final class PortCertificate implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(PortCertificate.class.getName());
  private static final long SECONDS_BETWEEN_LOOKS = 5;

  private final CertificateFiles files;
  private final RenewedKeys keys;
  private final SSLContext context;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("port-certificate").factory());
  private Content used;
  // What was wrong when last looked at, or null.
  private @Nullable String wrong;
  private boolean warned;

  /// @throws UserError if the files cannot be read, or do not fit each other
  PortCertificate(CertificateFiles files) {
    this.files = files;
    this.used = files.content();
    this.keys = new RenewedKeys(files.pair(used));
    try {
      this.context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {keys}, null, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  /// TLS 1.2 and 1.3 with the certificate.
  SSLContext context() {
    return context;
  }

  /// Begins to look at the files.
  void watch() {
    looks.scheduleWithFixedDelay(
        this::look, SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS);
  }

  /// Looks at the files once. One call at a time.
  void look() {
    try {
      Content now = files.content();
      if (!now.equals(used)) {
        KeyPair pair = files.pair(now);
        keys.renew(pair);
        used = now;
        X509Certificate leaf = pair.chain().getFirst();
        LOG.log(
            Level.INFO,
            "the API''s port has another certificate now: serial number {0}, until {1}",
            leaf.getSerialNumber().toString(16),
            leaf.getNotAfter().toInstant());
      }
      wrong = null;
      warned = false;
    } catch (RuntimeException e) {
      unusable(String.valueOf(e.getMessage()));
    }
  }

  /// Two files cannot be replaced at once, so this is no news before it was so twice.
  private void unusable(String why) {
    if (!why.equals(wrong)) {
      wrong = why;
      warned = false;
    } else if (!warned) {
      warned = true;
      LOG.log(Level.WARNING, "the API''s port keeps the certificate that it has: {0}", why);
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
