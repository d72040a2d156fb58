package agrippa.provider.builtin;

import agrippa.provider.builtin.Extension.Place;
import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.plan.PerClient;
import agrippa.proxy.plan.Rewriting.FieldEdit;
import agrippa.proxy.plan.Route;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Extensions about a listener's clients and their messages.
final class ListenerExtensions {
  static final Extension<PerClient.Rate> RATE_LIMIT =
      Extension.of(
          "rate_limit",
          Place.LISTENER,
          "Most requests, connections or flows of one client; tags may only say less.",
          "a number up to 1000000, /s or /m, and if wanted : and a burst, such as 100/s:200",
          ListenerExtensions::rate);

  static final Extension<Integer> CLIENT_CONNECTIONS =
      Extension.of(
          "client_connections",
          Place.LISTENER,
          "Most connections of one client at a time; tags may only say less.",
          "a number from 1 to 1000000",
          Extension.number(1, 1_000_000));

  static final Extension<List<Coding>> COMPRESSION =
      Extension.of(
          "compression",
          Place.LISTENER,
          "How responses are compressed for clients that accept it.",
          "off, gzip, zstd, or both with a comma between them, the preferred one first",
          ListenerExtensions::codings);

  static final Extension<List<String>> COMPRESSION_TYPES =
      Extension.of(
          "compression_types",
          Place.LISTENER,
          "Media types of the responses that are compressed.",
          "up to 32 media types such as application/json or text/*, with commas between them",
          ListenerExtensions::mediaTypes);

  static final Extension<FieldEdit> REQUEST_HEADER =
      Extension.onlyOf(
          "request_header",
          Place.LISTENER,
          16,
          "Changes of the fields that members get.",
          FieldEditForm.FORM,
          FieldEditForm::read);

  static final Extension<FieldEdit> RESPONSE_HEADER =
      Extension.onlyOf(
          "response_header",
          Place.LISTENER,
          16,
          "Changes of the fields that members answer with.",
          FieldEditForm.FORM,
          FieldEditForm::read);

  static final Extension<Route.Action.Respond> RESPOND =
      Extension.onlyOf(
          "respond",
          Place.L7_POLICY,
          1,
          "What a policy of the action REJECT answers with in place of 403.",
          FixedResponse.FORM,
          FixedResponse::read);

  static final List<Extension<?>> ALL =
      List.of(
          RATE_LIMIT,
          CLIENT_CONNECTIONS,
          COMPRESSION,
          COMPRESSION_TYPES,
          REQUEST_HEADER,
          RESPONSE_HEADER,
          RESPOND);

  private static final Pattern RATE = Pattern.compile("([0-9]{1,7})/([sm])(?::([0-9]{1,7}))?");
  private static final int MOST_OF_A_RATE = 1_000_000;
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/(\\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,63})");
  private static final int MOST_MEDIA_TYPES = 32;

  private ListenerExtensions() {}

  private static Optional<List<Coding>> codings(String value) {
    return switch (value) {
      case "off" -> Optional.of(List.of());
      case "gzip" -> Optional.of(List.of(Coding.GZIP));
      case "zstd" -> Optional.of(List.of(Coding.ZSTD));
      case "gzip,zstd" -> Optional.of(List.of(Coding.GZIP, Coding.ZSTD));
      case "zstd,gzip" -> Optional.of(List.of(Coding.ZSTD, Coding.GZIP));
      default -> Optional.empty();
    };
  }

  private static Optional<List<String>> mediaTypes(String value) {
    List<String> types = List.of(value.toLowerCase(Locale.ROOT).split(",", -1));
    return Optional.of(types)
        .filter(it -> it.size() <= MOST_MEDIA_TYPES)
        .filter(it -> it.stream().allMatch(type -> MEDIA_TYPE.matcher(type).matches()));
  }

  private static Optional<PerClient.Rate> rate(String value) {
    Matcher matcher = RATE.matcher(value);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int count = Integer.parseInt(matcher.group(1));
    int burst = matcher.group(3) == null ? count : Integer.parseInt(matcher.group(3));
    return Math.min(count, burst) < 1 || Math.max(count, burst) > MOST_OF_A_RATE
        ? Optional.empty()
        : Optional.of(
            new PerClient.Rate(count, matcher.group(2).equals("s") ? 1_000 : 60_000, burst));
  }
}
