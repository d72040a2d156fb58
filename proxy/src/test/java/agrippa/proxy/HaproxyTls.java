package agrippa.proxy;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// What Octavia's template says of TLS in lines of HAProxy, and the files that they name.
final class HaproxyTls {
  private static final Map<String, String> WITHOUT =
      Map.of(
          "TLSv1", " no-tlsv10",
          "TLSv1.1", " no-tlsv11",
          "TLSv1.2", " no-tlsv12",
          "TLSv1.3", " no-tlsv13");

  private final Path folder;
  private int files;

  HaproxyTls(Path folder) {
    this.folder = folder;
  }

  /// Options of `bind`.
  String bind(TlsServer tls) throws IOException {
    StringBuilder list = new StringBuilder();
    for (Certificate each : tls.certificates()) {
      list.append(own(each)).append('\n');
    }
    String line = " ssl crt-list " + file(list.toString());
    if (!tls.clientIssuers().isEmpty()) {
      String verify =
          switch (tls.clientAuth()) {
            case NONE -> "none";
            case OPTIONAL -> "optional";
            case MANDATORY -> "required";
          };
      line += " ca-file " + authorities(tls.clientIssuers()) + " verify " + verify;
      line += lists(tls.revoked());
    }
    return line + rest(tls.ciphers(), tls.versions(), tls.alpn());
  }

  /// Options of `server`.
  String server(TlsClient tls) throws IOException {
    String line = " ssl sni ssl_fc_sni";
    if (tls.certificate() != null) {
      line += " crt " + own(tls.certificate());
    }
    if (tls.issuers().isEmpty()) {
      line += " verify none";
    } else {
      line += " ca-file " + authorities(tls.issuers()) + lists(tls.revoked()) + " verify required";
    }
    return line + rest(tls.ciphers(), tls.versions(), tls.alpn());
  }

  private static String rest(String ciphers, List<String> versions, List<String> alpn) {
    StringBuilder line = new StringBuilder(" ciphers " + ciphers + " no-sslv3");
    WITHOUT.forEach((version, option) -> line.append(versions.contains(version) ? "" : option));
    return alpn.isEmpty() ? line.toString() : line + " alpn " + String.join(",", alpn);
  }

  private String lists(List<X509CRL> revoked) throws IOException {
    if (revoked.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    try {
      for (X509CRL each : revoked) {
        text.append(pem("X509 CRL", each.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
    return " crl-file " + file(text.toString());
  }

  private Path own(Certificate certificate) throws IOException {
    String key = pem("PRIVATE KEY", certificate.key().getEncoded());
    return file(pem(certificate.chain()) + key);
  }

  private Path authorities(List<X509Certificate> issuers) throws IOException {
    return file(pem(issuers));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("tls" + files++ + ".pem"), text);
  }

  private static String pem(List<X509Certificate> certificates) throws IOException {
    StringBuilder text = new StringBuilder();
    try {
      for (X509Certificate each : certificates) {
        text.append(pem("CERTIFICATE", each.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
    return text.toString();
  }

  private static String pem(String type, byte[] der) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, text, type);
  }
}
