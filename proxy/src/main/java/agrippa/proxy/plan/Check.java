package agrippa.proxy.plan;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the endpoints of an upstream are watched.
///
/// @param probe what is tried
/// @param interval from the start of one probe to the start of the next
/// @param timeout longest duration of a probe
/// @param rise successes in a row that bring an endpoint up
/// @param fall failures in a row that bring it down
public record Check(Probe probe, Duration interval, Duration timeout, int rise, int fall) {

  /// One try of an endpoint.
  public sealed interface Probe {
    /// A TCP connection is accepted.
    record Connect() implements Probe {}

    /// A datagram of one byte is sent, and no ICMP message says that it did not arrive. Silence
    /// is good, since nobody knows what the endpoint would answer to.
    record Datagram() implements Probe {}

    /// An SCTP association is accepted.
    record Associate() implements Probe {}

    /// The endpoint answers a ClientHello with a ServerHello; its certificate does not matter.
    record TlsHello() implements Probe {}

    /// An ICMP echo request is answered.
    record Ping() implements Probe {}

    /// A server of gRPC says by `grpc.health.v1.Health/Check` that it serves.
    ///
    /// @param tls whether it is asked through TLS, whatever the certificate
    /// @param service which of its services is asked for, in fewer than 127 characters of ASCII;
    ///     empty for the server itself
    record Grpc(boolean tls, String service) implements Probe {}

    /// An HTTP request is answered with an expected status.
    ///
    /// @param tls whether the request goes through TLS, whatever the certificate
    /// @param version `1.0` or `1.1`
    /// @param host the Host field, or null for none
    record Http(
        boolean tls,
        String method,
        String path,
        String version,
        @Nullable String host,
        List<StatusRange> expected)
        implements Probe {}
  }

  /// HTTP statuses from `first` to `last`, both included.
  public record StatusRange(int first, int last) {
    public boolean contains(int status) {
      return first <= status && status <= last;
    }
  }
}
