package agrippa.api;

import java.text.Normalizer;

/// Compares texts as Octavia's database does, MariaDB with `utf8mb3_general_ci`: without case,
/// without accents, without trailing blanks.
final class Collation {
  private static final char LAST_ASCII = 127;

  private Collation() {}

  static boolean equal(String a, String b) {
    return key(a).equals(key(b));
  }

  /// Texts that count as equal have the same key; keys are ordered as the texts are. Upper case
  /// decides: the underscore comes behind the letters.
  static String key(String text) {
    String base =
        isAscii(text)
            ? text
            : Normalizer.normalize(text, Normalizer.Form.NFD).replaceAll("\\p{Mn}", "");
    int end = base.length();
    while (end > 0 && base.charAt(end - 1) == ' ') {
      end--;
    }
    char[] key = new char[end];
    for (int i = 0; i < end; i++) {
      // Letter by letter: the text as a whole would turn ß into two.
      key[i] = base.charAt(i) == 'ß' ? 'S' : Character.toUpperCase(base.charAt(i));
    }
    return new String(key);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > LAST_ASCII) {
        return false;
      }
    }
    return true;
  }
}
