package agrippa.provider.builtin;

import agrippa.proxy.plan.Route.Action.Respond;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How tags say a fixed response: `503`, or `503:text/plain:Back at noon.`
final class FixedResponse {
  static final String FORM =
      "a status from 200 to 599, alone or as STATUS:CONTENT-TYPE:BODY without control characters";

  private static final Pattern RESPONSE =
      Pattern.compile("([2-5][0-9]{2})(?::([!-9;-~](?:[ -9;-~]*[!-9;-~])?):(\\P{Cc}*))?");

  private FixedResponse() {}

  static Optional<Respond> read(String value) {
    Matcher matcher = RESPONSE.matcher(value);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int status = Integer.parseInt(matcher.group(1));
    return Optional.of(
        matcher.group(2) == null
            ? new Respond(status, "text/plain", "")
            : new Respond(status, matcher.group(2), matcher.group(3)));
  }
}
