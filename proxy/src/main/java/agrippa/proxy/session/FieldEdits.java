package agrippa.proxy.session;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.http.Fields;
import agrippa.proxy.http.HeadEditor;
import agrippa.proxy.plan.Rewriting.FieldEdit;
import agrippa.proxy.plan.Rewriting.Kind;
import agrippa.proxy.transport.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Edits of heads that a plan wants, made ready once. Immutable.
final class FieldEdits {
  private final byte[][] cut;
  private final byte[] added;

  private FieldEdits(byte[][] cut, byte[] added) {
    this.cut = cut;
    this.added = added;
  }

  /// @return null if there is nothing to do
  static @Nullable FieldEdits of(List<FieldEdit> edits) {
    if (edits.isEmpty()) {
      return null;
    }
    List<byte[]> cut = new ArrayList<>();
    // By name: of several that replace a field, the last counts.
    Map<String, String> set = new LinkedHashMap<>();
    StringBuilder added = new StringBuilder();
    for (FieldEdit edit : edits) {
      String line = edit.name() + ": " + edit.value() + "\r\n";
      switch (edit.kind()) {
        case REMOVE -> cut.add(lower(edit));
        case SET -> {
          cut.add(lower(edit));
          set.put(edit.name().toLowerCase(Locale.ROOT), line);
        }
        case ADD -> added.append(line);
      }
    }
    return new FieldEdits(
        cut.toArray(byte[][]::new), Ascii.bytes(String.join("", set.values()) + added));
  }

  /// The edit that sets a field.
  static FieldEdit setting(String name, String value) {
    return new FieldEdit(Kind.SET, name, value);
  }

  private static byte[] lower(FieldEdit edit) {
    return Ascii.bytes(edit.name().toLowerCase(Locale.ROOT));
  }

  /// Whether the fields of a name (in lower case) that a head has do not go on.
  boolean replace(byte[] name) {
    for (byte[] each : cut) {
      if (Arrays.equals(each, name)) {
        return true;
      }
    }
    return false;
  }

  void apply(Buffer in, Fields fields, HeadEditor editor) {
    for (byte[] name : cut) {
      for (int i = fields.find(in, name, 0); i >= 0; i = fields.find(in, name, i + 1)) {
        editor.cutField(fields, i);
      }
    }
    editor.add(added);
  }
}
