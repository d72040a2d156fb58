package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.acceptance.Tempest.Outcome;
import agrippa.acceptance.Tempest.Roles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Octavia's own API tests: what passes on a real Octavia 11.0 passes here, and nothing is skipped
/// that is not skipped there.
///
/// `tempest/octavia.txt` says how they ended there with Octavia's roles. With Keystone's, what does
/// not pass here was tried there, and `tempest/keystone.txt` says how it ended.
class TempestTest {
  private static final String API = "octavia_tempest_plugin.tests.api";
  private static final int WORKERS = 4;
  private static final Pattern NONE = Pattern.compile("(?!)");

  /// The real Octavia lacks SOURCE_IP_PORT, so that it cannot be seen how they fail there, as all
  /// lists of members do.
  private static final Pattern LISTS_OF_MEMBERS_BY_PORT = Pattern.compile("_SIP_member_list");

  @TempDir private Path folder;

  @Test
  void theRolesOfOctavia() throws Exception {
    compare(Roles.ADVANCED, "policy: {roles: advanced}", recorded("octavia"), NONE);
  }

  /// The suite takes admins of the system for admins, and no others. Some of its tests expect what
  /// contradicts that, lists of members among them, and fail on the real Octavia too.
  @Test
  void theRolesOfKeystone() throws Exception {
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        context_is_admin: role:admin and system_scope:all
        load-balancer:admin: is_admin:True or role:load-balancer_admin
        load-balancer:global: is_admin:True or role:reader and system_scope:all
        load-balancer:read: rule:load-balancer:global or role:reader and project_id:%(project_id)s
        load-balancer:read-global: rule:load-balancer:global
        load-balancer:write: is_admin:True or role:member and project_id:%(project_id)s
        load-balancer:read-quota: rule:load-balancer:read
        load-balancer:read-quota-global: rule:load-balancer:global
        load-balancer:write-quota: is_admin:True
        """);
    Map<String, Outcome> octavia = recorded("octavia");
    octavia.putAll(recorded("keystone"));
    compare(
        Roles.KEYSTONE_DEFAULT_ROLES,
        "policy: {roles: keystone, file: policy.yaml}",
        octavia,
        LISTS_OF_MEMBERS_BY_PORT);
  }

  private void compare(Roles roles, String configuration, Map<String, Outcome> octavia, Pattern but)
      throws Exception {
    Tempest.need();
    Path file = Files.writeString(folder.resolve("agrippa.yaml"), configuration);
    List<Outcome> agrippa;
    try (Program program = Program.start(folder.resolve("state"), file)) {
      agrippa = Tempest.against(program, roles, folder.resolve("tempest")).run(API, but, WORKERS);
    }
    assertThat(agrippa).filteredOn(it -> worse(it, octavia.get(it.test()))).isEmpty();
    octavia.keySet().removeIf(but.asPredicate());
    assertThat(agrippa).extracting(Outcome::test).containsAll(octavia.keySet());
  }

  /// @param there how it ended on the real Octavia, or null if that is not known
  private static boolean worse(Outcome here, @Nullable Outcome there) {
    return !here.verdict().equals("ok")
        && (there == null || !here.verdict().equals(there.verdict()));
  }

  private static Map<String, Outcome> recorded(String name) throws IOException {
    try (InputStream file = TempestTest.class.getResourceAsStream("/tempest/" + name + ".txt")) {
      Map<String, Outcome> outcomes = new HashMap<>();
      new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(it -> it.split(" ", 3))
          .forEach(
              it -> outcomes.put(it[1], new Outcome(it[1], it[0], it.length > 2 ? it[2] : "")));
      return outcomes;
    }
  }
}
