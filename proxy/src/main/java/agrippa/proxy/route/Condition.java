package agrippa.proxy.route;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.Cookies;
import agrippa.proxy.http.Fields;
import agrippa.proxy.http.RequestHead;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.TlsInfo;
import com.google.re2j.Pattern;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A match, compiled: what is looked at, and the test for it.
interface Condition {
  boolean holds(Buffer in, RequestHead head, @Nullable TlsInfo tls);

  /// @throws IllegalArgumentException if the match's value makes no sense for its subject
  static Condition of(Match match) {
    Condition condition = ofSubject(match);
    return match.invert() ? (in, head, tls) -> !condition.holds(in, head, tls) : condition;
  }

  private static Condition ofSubject(Match match) {
    return switch (match.subject()) {
      case Subject.Host() -> host(test(match, true));
      case Subject.Path() -> path(test(match, false));
      case Subject.FileType() -> fileType(match);
      case Subject.Header(String name) ->
          header(Ascii.bytes(name.toLowerCase(Locale.ROOT)), test(match, false));
      case Subject.Cookie(String name) -> cookie(Ascii.bytes(name), test(match, false));
      case Subject.ClientCertificate() -> (in, head, tls) -> tls != null && tls.peer() != null;
      case Subject.ClientVerifyResult() -> verifyResult(match);
      case Subject.ClientName(String field) -> clientName(field, match);
    };
  }

  private static ByteTest test(Match match, boolean ignoreCase) {
    return ByteTest.of(match.comparison(), match.value(), ignoreCase);
  }

  private static Condition host(ByteTest test) {
    return (in, head, tls) ->
        head.host() >= 0
            && test.holds(
                in, head.fields().value(head.host()), head.fields().valueEnd(head.host()));
  }

  private static Condition path(ByteTest test) {
    return (in, head, tls) -> test.holds(in, head.path(), head.pathEnd());
  }

  private static Condition fileType(Match match) {
    Comparison comparison =
        match.comparison() == Comparison.EQUAL_TO ? Comparison.ENDS_WITH : match.comparison();
    return path(ByteTest.of(comparison, match.value(), false));
  }

  private static Condition header(byte[] lowerName, ByteTest test) {
    return (in, head, tls) -> {
      Fields fields = head.fields();
      for (int f = fields.find(in, lowerName, 0); f >= 0; f = fields.find(in, lowerName, f + 1)) {
        if (anyElement(in, fields.value(f), fields.valueEnd(f), test)) {
          return true;
        }
      }
      return false;
    };
  }

  private static boolean anyElement(Buffer in, int from, int to, ByteTest test) {
    int at = from;
    while (true) {
      int end = elementEnd(in, at, to);
      int element = Ascii.skipBlanks(in, at, end);
      if (test.holds(in, element, Ascii.trimEnd(in, element, end))) {
        return true;
      }
      if (end == to) {
        return false;
      }
      at = end + 1;
    }
  }

  /// The next comma outside of quotes, or `to`.
  private static int elementEnd(Buffer in, int from, int to) {
    boolean quoted = false;
    for (int i = from; i < to; i++) {
      byte b = in.at(i);
      if (b == '"') {
        quoted = !quoted;
      } else if (b == '\\' && quoted) {
        i++;
      } else if (b == ',' && !quoted) {
        return i;
      }
    }
    return to;
  }

  private static Condition cookie(byte[] name, ByteTest test) {
    return (in, head, tls) -> {
      long value = Cookies.sent(in, head.fields(), name, 0);
      while (value != Cookies.NONE) {
        if (test.holds(in, Cookies.from(value), Cookies.to(value))) {
          return true;
        }
        value = Cookies.sent(in, head.fields(), name, Cookies.to(value));
      }
      return false;
    };
  }

  private static Condition verifyResult(Match match) {
    int wanted = Integer.parseInt(match.value());
    return (in, head, tls) -> tls != null && tls.verifyResult() == wanted;
  }

  private static Condition clientName(String field, Match match) {
    Predicate<String> test = textTest(match);
    return (in, head, tls) ->
        tls != null
            && tls.peer() != null
            && DistinguishedName.of(tls.peer().getSubjectX500Principal())
                .first(field)
                .filter(test)
                .isPresent();
  }

  private static Predicate<String> textTest(Match match) {
    String value = match.value();
    return switch (match.comparison()) {
      case EQUAL_TO -> value::equals;
      case STARTS_WITH -> text -> text.startsWith(value);
      case ENDS_WITH -> text -> text.endsWith(value);
      case CONTAINS -> text -> text.contains(value);
      case REGEX -> {
        Pattern pattern = ByteTest.compile(value, 0);
        yield text -> pattern.matcher(text).find();
      }
    };
  }
}
