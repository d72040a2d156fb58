package agrippa.proxy.transport;

/// Moves bytes one way between two channels of a loop, with back-pressure: it stops reading while
/// the sink takes nothing. Copies at first; splices inside the kernel once a stream proves long
/// and both ends are plain sockets. The owner calls [#move] when the source is readable, and when
/// the sink is writable again.
public interface Pump {
  /// Moves what can be moved now; the loop's scratch buffer must be empty.
  ///
  /// @param limit most bytes to take from the source in this call, so that a body of known length
  ///     is not overrun; [Long#MAX_VALUE] for no limit
  /// @return why it stopped
  Stop move(long limit);

  /// Bytes delivered to the sink since the pump was made or reset.
  long moved();

  /// Bytes taken from the source and not delivered yet.
  int held();

  /// Gives back what the pump holds (buffers, pipes); it may be used again afterwards.
  void reset();

  /// Why a pump stopped.
  enum Stop {
    /// The source has nothing now.
    SOURCE_EMPTY,
    /// The sink takes nothing now.
    SINK_FULL,
    /// The limit was taken from the source and is delivered.
    LIMIT,
    /// The source ended and everything is delivered.
    END,
    SOURCE_FAILED,
    SINK_FAILED
  }
}
