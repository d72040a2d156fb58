package agrippa.provider.accesslog;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an access log looks like and where it goes. Only operators say that.
///
/// @param format of a line
/// @param place where lines go
/// @param oneIn one in so many requests is written, unless a load balancer wants fewer
public record AccessLogSettings(Format format, Place place, int oneIn) {
  /// Bytes of a file before it is put aside.
  public static final long FILE_SIZE = 100L << 20;

  /// Full files that are kept.
  public static final int OLD_FILES = 10;

  private static final Pattern TEXT =
      Pattern.compile(
          "(?<format>json|octavia):(?:(?<stdout>stdout)|file:(?<file>.+)"
              + "|(?<transport>udp|tcp):(?:\\[(?<six>[^]]+)]|(?<host>[^:\\[\\]/]+)):(?<port>[0-9]{1,5}))");

  /// Where lines go.
  public sealed interface Place {
    /// Standard output.
    record Stdout() implements Place {}

    /// A file that is put aside when it is full.
    ///
    /// @param most bytes
    /// @param old full files that are kept
    record File(Path path, long most, int old) implements Place {}

    /// A collector of syslog messages.
    ///
    /// @param tcp whether over TCP; else by datagrams
    record Collector(boolean tcp, String host, int port) implements Place {}
  }

  /// Reads `FORMAT:TARGET`: `json:stdout`, `octavia:file:/var/log/access.log`,
  /// `json:udp:192.0.2.1:514`, `json:tcp:[2001:db8::1]:601`.
  public static Optional<AccessLogSettings> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Format format = Format.valueOf(matcher.group("format").toUpperCase(Locale.ROOT));
    return place(matcher).map(it -> new AccessLogSettings(format, it, 1));
  }

  private static Optional<Place> place(Matcher matcher) {
    if (matcher.group("stdout") != null) {
      return Optional.of(new Place.Stdout());
    }
    if (matcher.group("file") != null) {
      return Optional.of(new Place.File(Path.of(matcher.group("file")), FILE_SIZE, OLD_FILES));
    }
    int port = Integer.parseInt(matcher.group("port"));
    String host = matcher.group(matcher.group("six") == null ? "host" : "six");
    return port < 1 || port > 65_535
        ? Optional.empty()
        : Optional.of(new Place.Collector(matcher.group("transport").equals("tcp"), host, port));
  }

  public AccessLogSettings with(Place next) {
    return new AccessLogSettings(format, next, oneIn);
  }

  public AccessLogSettings withOneIn(int next) {
    return new AccessLogSettings(format, place, next);
  }

  Target open(InstantSource clock) throws IOException {
    return switch (place) {
      case Place.Stdout() -> new LogStream(System.out);
      case Place.File(var path, var most, var old) -> new LogFile(path, most, old, clock);
      case Place.Collector(var tcp, var host, var port) ->
          new Syslog(
              tcp ? Syslog.Transport.TCP : Syslog.Transport.UDP,
              host,
              port,
              new Syslog.Identity(thisHost(), ProcessHandle.current().pid()),
              clock);
    };
  }

  /// RFC 5424 has a word for a machine that does not know its name.
  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "-";
    }
  }
}
