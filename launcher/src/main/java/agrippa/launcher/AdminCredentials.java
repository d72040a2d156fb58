package agrippa.launcher;

import java.util.LinkedHashMap;
import java.util.Map;

/// With what the admin of an embedded cloud logs in.
///
/// @param authUrl of the identity service, version included
/// @param password a secret
public record AdminCredentials(
    String authUrl, String user, String password, String project, String region) {

  /// The variables that OpenStack clients read.
  public Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("OS_AUTH_TYPE", "password");
    variables.put("OS_AUTH_URL", authUrl);
    variables.put("OS_IDENTITY_API_VERSION", "3");
    variables.put("OS_USERNAME", user);
    variables.put("OS_PASSWORD", password);
    variables.put("OS_USER_DOMAIN_NAME", "Default");
    variables.put("OS_PROJECT_NAME", project);
    variables.put("OS_PROJECT_DOMAIN_NAME", "Default");
    variables.put("OS_REGION_NAME", region);
    variables.put("OS_INTERFACE", "public");
    return variables;
  }

  /// Leaves the password out.
  @Override
  public String toString() {
    return "AdminCredentials[" + user + " at " + authUrl + "]";
  }
}
