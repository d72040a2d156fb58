package agrippa.proxy.http2;

/// How much a peer may do that costs us and helps nobody: resets, pings, settings, empty frames
/// (CVE-2023-44487, CVE-2019-9512 to 9518 and their kin). What honest peers do in an hour is far
/// below what it takes to hurt.
final class Calm {
  private static final int BURST = 1_000;
  private static final int PER_SECOND = 50;

  private long tokens = BURST;
  private long refilled;

  Calm(long now) {
    refilled = now;
  }

  /// The peer did something of that kind.
  ///
  /// @param now in milliseconds
  void disturbed(long now) throws Violation {
    long due = (now - refilled) * PER_SECOND / 1_000;
    if (due > 0) {
      tokens = Math.min(BURST, tokens + due);
      refilled = now;
    }
    if (--tokens < 0) {
      throw new Violation(ErrorCode.ENHANCE_YOUR_CALM, "too much of no use");
    }
  }
}
