package agrippa.provider.accesslog;

import java.io.IOException;
import java.time.Instant;

/// Where lines go. Used by one thread, which may be kept waiting: event loops are not.
interface Target extends AutoCloseable {
  /// Whether lines can be taken now: one that failed is given time. May connect, or open a file.
  boolean ready();

  /// @param line visible ASCII and blanks, without an end
  /// @param when what it tells happened
  /// @throws IOException if the line is lost; [#ready] says when to try again
  void write(CharSequence line, Instant when) throws IOException;

  /// Brings what was written to where it shall go.
  ///
  /// @throws IOException if lines are lost
  void flush() throws IOException;

  /// Lets go, and loses what was not flushed.
  @Override
  void close();
}
