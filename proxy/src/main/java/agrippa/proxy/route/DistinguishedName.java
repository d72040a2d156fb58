package agrippa.proxy.route;

import static java.util.Map.entry;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/// A certificate's subject or issuer, as OpenSSL and so HAProxy name its fields.
///
/// @param fields in the certificate's order
public record DistinguishedName(List<Field> fields) {
  private static final Map<String, String> SHORT_NAMES =
      Map.ofEntries(
          entry("0.9.2342.19200300.100.1.1", "UID"),
          entry("0.9.2342.19200300.100.1.25", "DC"),
          entry("1.2.840.113549.1.9.1", "emailAddress"),
          entry("2.5.4.3", "CN"),
          entry("2.5.4.4", "SN"),
          entry("2.5.4.5", "serialNumber"),
          entry("2.5.4.6", "C"),
          entry("2.5.4.7", "L"),
          entry("2.5.4.8", "ST"),
          entry("2.5.4.9", "street"),
          entry("2.5.4.10", "O"),
          entry("2.5.4.11", "OU"),
          entry("2.5.4.12", "title"),
          entry("2.5.4.13", "description"),
          entry("2.5.4.17", "postalCode"),
          entry("2.5.4.42", "GN"),
          entry("2.5.4.43", "initials"),
          entry("2.5.4.44", "generationQualifier"),
          entry("2.5.4.46", "dnQualifier"),
          entry("2.5.4.65", "pseudonym"));

  // ASN.1 tags of X.680.
  private static final int UTF8_STRING = 0x0c;
  private static final int UNIVERSAL_STRING = 0x1c;
  private static final int BMP_STRING = 0x1e;

  public DistinguishedName {
    fields = List.copyOf(fields);
  }

  /// @param name a short name, or dotted numbers if there is none
  public record Field(String name, String value) {}

  /// Reads `Name` of RFC 5280: a sequence of sets of (type, value) pairs.
  public static DistinguishedName of(X500Principal principal) {
    List<Field> fields = new ArrayList<>();
    ByteBuffer names = element(ByteBuffer.wrap(principal.getEncoded()));
    while (names.hasRemaining()) {
      ByteBuffer set = element(names);
      while (set.hasRemaining()) {
        ByteBuffer pair = element(set);
        String oid = oid(element(pair));
        fields.add(new Field(SHORT_NAMES.getOrDefault(oid, oid), string(pair)));
      }
    }
    return new DistinguishedName(fields);
  }

  /// The value of the first field of this name; case does not matter.
  public Optional<String> first(String name) {
    return fields.stream()
        .filter(f -> f.name().equalsIgnoreCase(name))
        .findFirst()
        .map(Field::value);
  }

  /// OpenSSL's one-line form, such as `/C=IT/O=Aqua Virgo/CN=client`.
  public String oneLine() {
    StringBuilder line = new StringBuilder();
    for (Field field : fields) {
      line.append('/').append(field.name()).append('=').append(field.value());
    }
    return line.toString();
  }

  /// The content of the element at the buffer's position, which moves behind it.
  private static ByteBuffer element(ByteBuffer der) {
    der.get();
    int length = der.get() & 0xff;
    if (length >= 0x80) {
      int octets = length & 0x7f;
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | der.get() & 0xff;
      }
    }
    ByteBuffer content = der.slice(der.position(), length);
    der.position(der.position() + length);
    return content;
  }

  private static String oid(ByteBuffer content) {
    StringBuilder text = new StringBuilder();
    long number = 0;
    while (content.hasRemaining()) {
      byte b = content.get();
      number = number << 7 | b & 0x7f;
      if (b >= 0) {
        if (text.isEmpty()) {
          // The first two numbers share one.
          long first = Math.min(number / 40, 2);
          text.append(first).append('.').append(number - first * 40);
        } else {
          text.append('.').append(number);
        }
        number = 0;
      }
    }
    return text.toString();
  }

  private static String string(ByteBuffer pair) {
    int tag = pair.get(pair.position());
    Charset charset =
        switch (tag) {
          case UTF8_STRING -> StandardCharsets.UTF_8;
          case BMP_STRING -> StandardCharsets.UTF_16BE;
          case UNIVERSAL_STRING -> StandardCharsets.UTF_32BE;
          default -> StandardCharsets.ISO_8859_1;
        };
    return charset.decode(element(pair)).toString();
  }
}
