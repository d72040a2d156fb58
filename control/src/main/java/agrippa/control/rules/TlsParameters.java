package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;

import agrippa.control.ControlSettings.Tls;
import agrippa.control.Patch;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// Whether ciphers, TLS versions and ALPN protocols may be asked for.
///
/// @param settings the operator's limits
record TlsParameters(Tls settings) {
  private static final Pattern CIPHERS = Pattern.compile("[A-Za-z0-9\\-+!:@=_.]+");
  // Oldest first.
  private static final List<String> VERSIONS =
      List.of("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");

  void require(Patch<String> ciphers, Patch<List<String>> versions, Patch<List<String>> alpn) {
    if (ciphers instanceof Patch.Set<String>(var list)) {
      requireCiphers(list);
    }
    if (versions instanceof Patch.Set<List<String>>(var list)) {
      requireVersions(list);
    }
    if (alpn instanceof Patch.Set<List<String>>(var list) && list.isEmpty()) {
      throw invalid(
          "Empty ALPN protocol list. Either specify at least one ALPN protocol or remove this"
              + " parameter to use the default.");
    }
  }

  private void requireCiphers(String list) {
    if (!CIPHERS.matcher(list).matches()) {
      throw invalid(
          "Invalid characters in cipher string. Only alphanumeric, -, +, !, :, @, =, _, and . are"
              + " allowed.");
    }
    var prohibited =
        Arrays.stream(list.split(":")).filter(settings.prohibitedCiphers()::contains).toList();
    if (!prohibited.isEmpty()) {
      throw invalid(
          "The following ciphers have been prohibited by an administrator: "
              + String.join(", ", prohibited));
    }
  }

  private void requireVersions(List<String> versions) {
    if (versions.isEmpty()) {
      throw invalid(
          "Empty TLS version list. Either specify at least one TLS version or remove this"
              + " parameter to use the default.");
    }
    var unknown = versions.stream().filter(it -> !VERSIONS.contains(it)).toList();
    if (!unknown.isEmpty()) {
      throw invalid("Invalid TLS versions: " + String.join(", ", unknown));
    }
    var minimum = settings.minimumVersion();
    if (minimum == null) {
      return;
    }
    var tooOld =
        versions.stream().filter(it -> VERSIONS.indexOf(it) < VERSIONS.indexOf(minimum)).toList();
    if (!tooOld.isEmpty()) {
      throw invalid(
          "Requested TLS versions are less than the minimum: "
              + String.join(", ", tooOld)
              + " < "
              + minimum);
    }
  }
}
