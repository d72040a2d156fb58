package agrippa.proxy.health;

/// Turns results of probes into up and down: `fall` failures in a row bring an endpoint down,
/// `rise` successes in a row bring it up. A new endpoint is up on trust, which its first failure
/// ends, as in HAProxy.
final class RiseFall {
  private final int rise;
  private final int fall;
  private boolean up;
  // Results in a row that speak against the state.
  private int against;

  private RiseFall(int rise, int fall, boolean up, int against) {
    this.rise = rise;
    this.fall = fall;
    this.up = up;
    this.against = against;
  }

  /// An endpoint that was never probed.
  static RiseFall trusting(int rise, int fall) {
    return new RiseFall(rise, fall, true, fall - 1);
  }

  /// An endpoint whose state is known from other probes.
  static RiseFall known(int rise, int fall, boolean up) {
    return new RiseFall(rise, fall, up, 0);
  }

  /// The same state under other thresholds.
  RiseFall with(int newRise, int newFall) {
    return new RiseFall(newRise, newFall, up, Math.min(against, (up ? newFall : newRise) - 1));
  }

  boolean up() {
    return up;
  }

  /// Takes a result.
  ///
  /// @return whether the state changed
  boolean take(boolean passed) {
    if (passed == up) {
      against = 0;
      return false;
    }
    against++;
    if (against < (up ? fall : rise)) {
      return false;
    }
    up = passed;
    against = 0;
    return true;
  }
}
