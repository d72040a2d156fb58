package agrippa.proxy;

import agrippa.proxy.plan.Certificate;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// An endpoint that speaks TLS, and notes with whom.
record OracleTlsMember(SSLSocketFactory sockets, List<String> heard)
    implements Backend.Conversation {

  static Backend of(String name, Certificate own, List<String> heard)
      throws IOException, GeneralSecurityException {
    SSLSocketFactory sockets = SelfSigned.showing(own).getSocketFactory();
    return Backend.talking(name, new OracleTlsMember(sockets, heard));
  }

  @Override
  public void hold(Socket plain, InputStream in) throws IOException {
    SSLSocket socket = (SSLSocket) sockets.createSocket(plain, null, false);
    socket.setUseClientMode(false);
    socket.setWantClientAuth(true);
    socket.startHandshake();
    ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
    heard.add("TLS to " + session.getRequestedServerNames() + " from " + peer(session));
    new OracleMember("tls", heard).hold(socket, new BufferedInputStream(socket.getInputStream()));
  }

  private static String peer(ExtendedSSLSession session) {
    try {
      X509Certificate shown = (X509Certificate) session.getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return "nobody";
    }
  }
}
