package agrippa.proxy.http2;

/// What a peer may send on all streams of a connection together before it is read.
final class SharedInflow {
  private static final int WINDOW = 512 << 10;
  private static final int STEP = WINDOW / 4;

  private final Output output;
  private int receivable = WINDOW;
  private int unannounced;

  SharedInflow(Output output) {
    this.output = output;
  }

  /// Tells the peer how much that is, which would believe that it is less.
  void open() {
    output.windowUpdate(0, WINDOW - Settings.DEFAULT_WINDOW);
  }

  void came(int bytes) throws Violation {
    receivable -= bytes;
    if (receivable < 0) {
      throw new Violation(ErrorCode.FLOW_CONTROL_ERROR, "more than there is room for");
    }
  }

  /// So much was taken by readers: the peer may send as much again.
  void credit(int bytes) {
    unannounced += bytes;
    if (unannounced >= STEP) {
      output.windowUpdate(0, unannounced);
      receivable += unannounced;
      unannounced = 0;
    }
  }
}
