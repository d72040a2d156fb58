package agrippa.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import agrippa.proxy.plan.Certificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// A client of TLS, and what it asks.
///
/// @param serverName of the client's SNI, or null
/// @param shown the client's certificate, or null
/// @param versions that the client speaks; none asks without TLS
/// @param alpn that the client offers
/// @param request null only shakes hands
record OracleTlsAsked(
    String name,
    String serverName,
    Certificate shown,
    List<String> versions,
    List<String> alpn,
    String request) {

  static OracleTlsAsked get(String name, String path) {
    String request = "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    return new OracleTlsAsked(name, null, null, List.of("TLSv1.3", "TLSv1.2"), List.of(), request);
  }

  OracleTlsAsked named(String it) {
    return new OracleTlsAsked(name, it, shown, versions, alpn, request);
  }

  OracleTlsAsked showing(Certificate it) {
    return new OracleTlsAsked(name, serverName, it, versions, alpn, request);
  }

  OracleTlsAsked speaking(String... its) {
    return new OracleTlsAsked(name, serverName, shown, List.of(its), alpn, request);
  }

  OracleTlsAsked offering(String... its) {
    return new OracleTlsAsked(name, serverName, shown, versions, List.of(its), request);
  }

  OracleTlsAsked onlyShakingHands() {
    return new OracleTlsAsked(name, serverName, shown, versions, alpn, null);
  }

  /// What the client sees, and what members heard of it.
  String outcome(List<String> heard, InetSocketAddress at) throws Exception {
    heard.clear();
    String seen = seen(at);
    String told = String.join("\n", heard) + "\n" + seen;
    StringBuilder text = new StringBuilder();
    for (char c : told.replaceAll("\\b" + at.getPort() + "\\b", "PORT").toCharArray()) {
      boolean plain = c == '\n' || (c >= ' ' && c <= '~');
      text.append(plain ? String.valueOf(c) : "\\x%02x".formatted((int) c));
    }
    return text.toString();
  }

  private String seen(InetSocketAddress at) throws GeneralSecurityException {
    String hands = "";
    try (Socket plain = new Socket(at.getAddress(), at.getPort())) {
      plain.setSoTimeout(30_000);
      Socket socket = plain;
      if (!versions.isEmpty()) {
        SSLSocket secure = shakingHands(plain);
        hands = hands(secure);
        socket = secure;
      }
      if (request == null) {
        return hands;
      }
      Client client = Client.over(socket);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      String answer = OracleTest.response(client, request.startsWith("HEAD "));
      return answer.startsWith("nothing") ? "refused\n" : hands + answer;
    } catch (IOException e) {
      // In TLS 1.3 a client learns that it is refused only when it reads.
      return "refused\n";
    }
  }

  private SSLSocket shakingHands(Socket plain) throws IOException, GeneralSecurityException {
    SSLContext context = shown == null ? SelfSigned.trustingAnybody() : SelfSigned.showing(shown);
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(versions.toArray(String[]::new));
    parameters.setApplicationProtocols(alpn.toArray(String[]::new));
    if (serverName != null) {
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
    }
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static String hands(SSLSocket socket) throws IOException {
    X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return "shown %s\n%s %s, ALPN [%s]\n"
        .formatted(
            shown.getSubjectX500Principal().getName(),
            socket.getSession().getProtocol(),
            socket.getSession().getCipherSuite(),
            socket.getApplicationProtocol());
  }
}
