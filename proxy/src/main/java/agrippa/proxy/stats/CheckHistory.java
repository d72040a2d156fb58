package agrippa.proxy.stats;

import java.time.Duration;

/// What became of an endpoint since checks of it began.
///
/// @param failures checks that failed
/// @param downs how often it went from up to down
/// @param sinceChange time since it last went up or down, or else since checks began
/// @param downtime time that it was down, all together
public record CheckHistory(long failures, long downs, Duration sinceChange, Duration downtime) {}
