package agrippa.proxy.health;

import java.time.Instant;

/// What a probe found out.
///
/// @param detail for people; free of control characters
/// @param at when it ended
public record Finding(boolean passed, String detail, Instant at) {}
