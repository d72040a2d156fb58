package agrippa.proxy.route;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.transport.Buffer;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.charset.StandardCharsets;

/// Compares bytes of a request with a value of the plan.
sealed interface ByteTest {
  boolean holds(Buffer in, int from, int to);

  /// @param ignoreCase whether ASCII letters' case does not matter
  /// @throws IllegalArgumentException if the value is no valid pattern
  static ByteTest of(Comparison comparison, String value, boolean ignoreCase) {
    if (comparison == Comparison.REGEX) {
      return new Regex(compile(value, ignoreCase ? Pattern.CASE_INSENSITIVE : 0));
    }
    byte[] wanted = value.getBytes(StandardCharsets.UTF_8);
    if (ignoreCase) {
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = Ascii.lower(wanted[i]);
      }
    }
    return new Literal(comparison, wanted, ignoreCase);
  }

  /// @throws IllegalArgumentException if it is no valid pattern
  static Pattern compile(String pattern, int flags) {
    try {
      return Pattern.compile(pattern, flags);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not a regular expression: " + e.getMessage(), e);
    }
  }

  /// Looks at the bytes where they are.
  record Literal(Comparison comparison, byte[] wanted, boolean ignoreCase) implements ByteTest {
    @Override
    public boolean holds(Buffer in, int from, int to) {
      int last = to - wanted.length;
      return switch (comparison) {
        case EQUAL_TO -> last == from && at(in, from);
        case STARTS_WITH -> last >= from && at(in, from);
        case ENDS_WITH -> last >= from && at(in, last);
        case CONTAINS -> anywhere(in, from, last);
        case REGEX -> throw new IllegalStateException("not a literal");
      };
    }

    private boolean anywhere(Buffer in, int from, int last) {
      for (int i = from; i <= last; i++) {
        if (at(in, i)) {
          return true;
        }
      }
      return false;
    }

    private boolean at(Buffer in, int from) {
      for (int i = 0; i < wanted.length; i++) {
        byte b = in.at(from + i);
        if ((ignoreCase ? Ascii.lower(b) : b) != wanted[i]) {
          return false;
        }
      }
      return true;
    }
  }

  /// Searches a copy, as UTF-8, for a match anywhere; in linear time, whatever the pattern.
  record Regex(Pattern pattern) implements ByteTest {
    @Override
    public boolean holds(Buffer in, int from, int to) {
      byte[] copy = new byte[to - from];
      in.get(from, copy, 0, copy.length);
      return pattern.matcher(copy).find();
    }
  }
}
