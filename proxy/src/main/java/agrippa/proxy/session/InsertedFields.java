package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.FieldName;
import agrippa.proxy.http.Fields;
import agrippa.proxy.http.HeadEditor;
import agrippa.proxy.plan.AddressText;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The fields that a frontend adds to the requests of one client connection: the same each time, so
/// they are made once.
final class InsertedFields {
  private final Frontend frontend;
  private final @Nullable FieldEdits edits;
  private final byte[][] replaced;
  private final byte[] all;
  private final byte[] withoutAddress;

  /// @param edits what the plan wants to be changed beside, or null
  InsertedFields(Frontend frontend, @Nullable FieldEdits edits, Channel client) {
    this.frontend = frontend;
    this.edits = edits;
    List<byte[]> replaced = new ArrayList<>();
    StringBuilder all = new StringBuilder();
    StringBuilder withoutAddress = new StringBuilder();
    ClientCertificate certificate = ClientCertificate.of(client.tls());
    for (HeaderInsert insert : frontend.headers()) {
      String line = insert.header() + ": " + value(insert, client, certificate) + "\r\n";
      all.append(line);
      if (insert != HeaderInsert.X_FORWARDED_FOR && insert != HeaderInsert.X_FORWARDED_PORT) {
        withoutAddress.append(line);
      }
      if (insert != HeaderInsert.X_FORWARDED_FOR) {
        replaced.add(Ascii.bytes(insert.header().toLowerCase(Locale.ROOT)));
      }
    }
    this.replaced = replaced.toArray(byte[][]::new);
    this.all = all.toString().getBytes(UTF_8);
    this.withoutAddress = withoutAddress.toString().getBytes(UTF_8);
  }

  /// Whether these are the fields that this frontend wants.
  boolean madeFor(Frontend wanted) {
    return frontend == wanted;
  }

  /// Edits a request.
  ///
  /// @param address whether the client's address is told by fields; a PROXY header tells it better
  void edit(Buffer in, Fields fields, HeadEditor editor, boolean address) {
    if (replaced.length > 0) {
      for (int i = 0; i < fields.count(); i++) {
        if (fields.name(i) == FieldName.OTHER && isReplaced(in, fields, i)) {
          editor.cutField(fields, i);
        }
      }
    }
    editor.add(address ? all : withoutAddress);
    if (edits != null) {
      edits.apply(in, fields, editor);
    }
  }

  private boolean isReplaced(Buffer in, Fields fields, int field) {
    int from = fields.line(field);
    // All of them begin so; most fields do not.
    if (Ascii.lower(in.at(from)) != 'x') {
      return false;
    }
    for (byte[] name : replaced) {
      if (Ascii.sameIgnoringCase(in, from, fields.nameEnd(field), name)) {
        return true;
      }
    }
    return false;
  }

  private static String value(HeaderInsert insert, Channel client, ClientCertificate certificate) {
    return switch (insert) {
      case X_FORWARDED_FOR -> AddressText.of(client.remote().getAddress());
      case X_FORWARDED_PORT -> String.valueOf(client.local().getPort());
      case X_FORWARDED_PROTO -> client.tls() == null ? "http" : "https";
      case X_SSL_CLIENT_VERIFY -> String.valueOf(certificate.verifyResult());
      case X_SSL_CLIENT_HAS_CERT -> certificate.certificate() == null ? "0" : "1";
      case X_SSL_CLIENT_DN -> certificate.subject();
      case X_SSL_CLIENT_CN -> certificate.commonName();
      case X_SSL_ISSUER -> certificate.issuer();
      case X_SSL_CLIENT_SHA1 -> certificate.sha1();
      case X_SSL_CLIENT_NOT_BEFORE -> certificate.notBefore();
      case X_SSL_CLIENT_NOT_AFTER -> certificate.notAfter();
    };
  }
}
