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

  static int compare(String a, String b) {
    return key(a).compareTo(key(b));
  }

  /// Texts that count as equal have the same key; keys are ordered as the texts are. Upper case
  /// decides: the underscore comes behind the letters.
  static String key(String text) {
    boolean ascii = text.chars().allMatch(it -> it <= LAST_ASCII);
    String base =
        ascii ? text : Normalizer.normalize(text, Normalizer.Form.NFD).replaceAll("\\p{Mn}", "");
    var key = new StringBuilder(base.length());
    // Letter by letter: the text as a whole would turn ß into two.
    base.chars().forEach(it -> key.append(it == 'ß' ? 'S' : (char) Character.toUpperCase(it)));
    int end = key.length();
    while (end > 0 && key.charAt(end - 1) == ' ') {
      end--;
    }
    return key.substring(0, end);
  }
}
