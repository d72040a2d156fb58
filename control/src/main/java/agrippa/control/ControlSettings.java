package agrippa.control;

import agrippa.control.access.Policy;
import agrippa.control.access.Roles;
import agrippa.model.Quota;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the operator decides about the control plane. The defaults are Octavia's.
///
/// @param providers the names that load balancers may ask for
/// @param tls what TLS settings may be and are by default
/// @param allowed features that can be switched off
/// @param reservedAddresses that no member may have
/// @param quotas of projects of which nothing else is said
/// @param policy who may do what
/// @param pace how long things wait
public record ControlSettings(
    Providers providers,
    Tls tls,
    Allowed allowed,
    Set<String> reservedAddresses,
    Quota quotas,
    Policy policy,
    Pace pace) {
  /// Octavia's defaults.
  public static final ControlSettings DEFAULT =
      new ControlSettings(
          Providers.DEFAULT,
          Tls.DEFAULT,
          new Allowed(true, true, true),
          Set.of("169.254.169.254"),
          Quota.SILENT,
          Policy.of(Roles.ALL, Map.of()),
          Pace.DEFAULT);

  public ControlSettings {
    reservedAddresses = Set.copyOf(reservedAddresses);
  }

  public ControlSettings with(Pace next) {
    return new ControlSettings(providers, tls, allowed, reservedAddresses, quotas, policy, next);
  }

  public ControlSettings with(Tls next) {
    return new ControlSettings(providers, next, allowed, reservedAddresses, quotas, policy, pace);
  }

  public ControlSettings with(Allowed next) {
    return new ControlSettings(providers, tls, next, reservedAddresses, quotas, policy, pace);
  }

  public ControlSettings with(Quota next) {
    return new ControlSettings(providers, tls, allowed, reservedAddresses, next, policy, pace);
  }

  public ControlSettings with(Policy next) {
    return new ControlSettings(providers, tls, allowed, reservedAddresses, quotas, next, pace);
  }

  /// Names of providers; all stand for the one that the control plane was built with.
  ///
  /// @param standard what a load balancer gets that does not ask
  /// @param descriptions of every name, in the order in which they are listed
  public record Providers(String standard, Map<String, String> descriptions) {
    /// `amphora` and its two aliases.
    public static final Providers DEFAULT = new Providers("amphora", amphorae());

    public Providers {
      descriptions = Collections.unmodifiableMap(new LinkedHashMap<>(descriptions));
      if (!descriptions.containsKey(standard)) {
        throw new IllegalArgumentException("the standard provider " + standard + " has no entry");
      }
    }

    private static Map<String, String> amphorae() {
      var names = new LinkedHashMap<String, String>();
      names.put("amphora", "The Octavia Amphora driver.");
      names.put("amphorav2", "The Octavia Amphora driver that uses taskflow jobboard persistence.");
      names.put("octavia", "Deprecated alias of the Octavia Amphora driver.");
      return names;
    }
  }

  /// TLS of listeners and of pools that encrypt.
  ///
  /// @param ciphers by default, an OpenSSL list
  /// @param versions by default
  /// @param alpn by default
  /// @param minimumVersion the oldest that may be asked for, or null for any
  /// @param prohibitedCiphers that may not be asked for
  public record Tls(
      String ciphers,
      List<String> versions,
      List<String> alpn,
      @Nullable String minimumVersion,
      Set<String> prohibitedCiphers) {
    /// Octavia's defaults: nothing is prohibited.
    public static final Tls DEFAULT =
        new Tls(
            String.join(
                ":",
                "TLS_AES_128_GCM_SHA256",
                "TLS_AES_256_GCM_SHA384",
                "TLS_CHACHA20_POLY1305_SHA256",
                "ECDHE-ECDSA-AES128-GCM-SHA256",
                "ECDHE-RSA-AES128-GCM-SHA256",
                "ECDHE-ECDSA-AES256-GCM-SHA384",
                "ECDHE-RSA-AES256-GCM-SHA384",
                "ECDHE-ECDSA-CHACHA20-POLY1305",
                "ECDHE-RSA-CHACHA20-POLY1305",
                "DHE-RSA-AES128-GCM-SHA256",
                "DHE-RSA-AES256-GCM-SHA384",
                "DHE-RSA-CHACHA20-POLY1305"),
            List.of("TLSv1.2", "TLSv1.3"),
            List.of("h2", "http/1.1", "http/1.0"),
            null,
            Set.of());

    public Tls {
      versions = List.copyOf(versions);
      alpn = List.copyOf(alpn);
      prohibitedCiphers = Collections.unmodifiableSet(new LinkedHashSet<>(prohibitedCiphers));
    }
  }

  /// Features that can be switched off: TLS-terminating listeners, PROMETHEUS listeners, PING
  /// monitors.
  public record Allowed(boolean terminatedTls, boolean prometheus, boolean ping) {}

  /// How long things wait.
  ///
  /// @param writeHold how long a write waits for a load balancer that is still PENDING
  /// @param period from one look at every load balancer to the next
  /// @param resync from one full convergence of a settled load balancer to the next
  /// @param firstRetry after a failure; doubled with each further one
  /// @param lastRetry the longest wait after a failure
  public record Pace(
      Duration writeHold,
      Duration period,
      Duration resync,
      Duration firstRetry,
      Duration lastRetry) {
    public static final Pace DEFAULT =
        new Pace(
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1));
  }
}
