package agrippa.provider.accesslog;

import agrippa.proxy.journal.Entry;

/// How a line looks. Lines are visible ASCII and blanks only, whatever clients said.
public enum Format {
  /// A JSON object a line.
  JSON {
    @Override
    void write(Entry entry, StringBuilder out) {
      JsonLine.write(entry, out);
    }
  },
  /// Octavia's default (`user_log_format` of its amphorae).
  OCTAVIA {
    @Override
    void write(Entry entry, StringBuilder out) {
      OctaviaLine.write(entry, out);
    }
  };

  /// Writes a line without its end.
  abstract void write(Entry entry, StringBuilder out);
}
