package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.session.ProxyHeaderScanner.Progress;
import agrippa.proxy.session.ProxyHeaderScanner.Told;
import agrippa.proxy.transport.Buffer;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Any bytes as a header of the PROXY protocol: the same is told however they come, nothing behind
/// the header is taken, and addresses are told only if a plain look finds the same ones.
public final class ProxyHeaderFuzz {
  private static final Pattern LINE =
      Pattern.compile(
          "PROXY (TCP4|TCP6) ([0-9a-fA-F.:]+) ([0-9a-fA-F.:]+) ([0-9]{1,5}) ([0-9]{1,5})\r\n");
  private static final int PIECE = 9;

  /// What became of some bytes.
  ///
  /// @param taken bytes that were read before the scanner had enough
  private record Read(Progress progress, @Nullable Told told, int taken) {}

  private ProxyHeaderFuzz() {}

  public static void fuzzerTestOneInput(byte[] bytes) {
    Random random = new Random(Arrays.hashCode(bytes));
    Read whole = read(bytes, Integer.MAX_VALUE, random);
    assertThat(of(read(bytes, 1, random))).as("byte by byte").isEqualTo(of(whole));
    assertThat(of(read(bytes, PIECE, random))).as("in pieces").isEqualTo(of(whole));
    switch (whole.told()) {
      case null -> assertThat(whole.taken()).isEqualTo(bytes.length);
      case Told.Relayed relayed ->
          assertThat(relayed).isEqualTo(plain(Arrays.copyOf(bytes, whole.taken())));
      case Told.Nothing() -> assertThat(whole.taken()).isEqualTo(end(bytes));
      case Told.Malformed(String why) -> assertThat(why).matches("[ -~]+");
    }
  }

  /// Where something broken is noticed depends on how it comes.
  private static Object of(Read read) {
    return switch (read.told()) {
      case null -> read;
      case Told.Relayed _, Told.Nothing _ -> read;
      case Told.Malformed _ -> Progress.BAD;
    };
  }

  private static Read read(byte[] bytes, int most, Random random) {
    ProxyHeaderScanner scanner = new ProxyHeaderScanner();
    int at = 0;
    while (at < bytes.length) {
      assertThat(scanner.wanted()).as("wants more or has enough").isPositive();
      int piece = most == PIECE ? 1 + random.nextInt(PIECE) : most;
      int count = Math.min(Math.min(scanner.wanted(), piece), bytes.length - at);
      Buffer in = Buffer.over(MemorySegment.ofArray(Arrays.copyOfRange(bytes, at, at + count)));
      in.window(0, count);
      Progress progress = scanner.take(in);
      assertThat(in.isEmpty()).isTrue();
      at += count;
      if (progress != Progress.MORE) {
        return new Read(progress, scanner.told(), at);
      }
    }
    return new Read(Progress.MORE, null, at);
  }

  private static int end(byte[] bytes) {
    return bytes[0] == 'P'
        ? new String(bytes, ISO_8859_1).indexOf("\r\n") + 2
        : ProxyHeaderScanner.FIXED + (ByteBuffer.wrap(bytes).getShort(14) & 0xffff);
  }

  private static @Nullable Told plain(byte[] header) {
    assertThat(header).hasSize(end(header));
    return header[0] == 'P' ? plainLine(header) : plainBlock(ByteBuffer.wrap(header));
  }

  private static @Nullable Told plainLine(byte[] header) {
    Matcher line = LINE.matcher(new String(header, ISO_8859_1));
    return line.matches()
        ? new Told.Relayed(
            new InetSocketAddress(InetAddress.ofLiteral(line.group(2)), port(line.group(4))),
            new InetSocketAddress(InetAddress.ofLiteral(line.group(3)), port(line.group(5))))
        : null;
  }

  private static int port(String digits) {
    return Integer.parseInt(digits);
  }

  /// Version 2, command PROXY, TCP over IPv4 or IPv6.
  private static @Nullable Told plainBlock(ByteBuffer in) {
    int family = in.get(13) & 0xff;
    if (in.get(12) != 0x21 || family != 0x11 && family != 0x21) {
      return null;
    }
    in.position(ProxyHeaderScanner.FIXED);
    byte[] from = new byte[family == 0x11 ? 4 : 16];
    byte[] to = new byte[from.length];
    in.get(from).get(to);
    return new Told.Relayed(
        new InetSocketAddress(address(from), in.getShort() & 0xffff),
        new InetSocketAddress(address(to), in.getShort() & 0xffff));
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
