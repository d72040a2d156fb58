package agrippa.proxy.plan;

import agrippa.proxy.plan.Check.StatusRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// When work that an endpoint failed at is given to another one.
///
/// @param most further tries
/// @param unreached whether for connections that could not be made
/// @param unanswered whether for HTTP requests that can be sent twice (RFC 9110, section 9.2.2) and
///     got no response
/// @param statuses of responses to such requests that are not delivered if somebody else may do
///     better
/// @param budget further tries in percent of the work of the last ten seconds, or null: as many as
///     there are; some a second are always there
public record Retries(
    int most,
    boolean unreached,
    boolean unanswered,
    List<StatusRange> statuses,
    @Nullable Integer budget) {
  /// As HAProxy would be set up by Octavia.
  public static final Retries DEFAULT = new Retries(3, true, true, List.of(), null);

  public Retries {
    statuses = List.copyOf(statuses);
  }

  public boolean covers(int status) {
    for (StatusRange range : statuses) {
      if (range.contains(status)) {
        return true;
      }
    }
    return false;
  }
}
