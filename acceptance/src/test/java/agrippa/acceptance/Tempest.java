package agrippa.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Octavia's own test suite: tempest with its Octavia plugin, as Debian packages them.
final class Tempest {
  private static final Path PACKAGES = Path.of("/usr/lib/python3/dist-packages");

  /// As in `{1} package.Class.test_name [0.5s] ... ok` and `... SKIPPED: reason`.
  private static final Pattern LINE =
      Pattern.compile("\\{\\d+} (\\S+)(?: \\[\\S+])? \\.\\.\\. (ok|FAILED|SKIPPED)(?:: (.*))?");

  private final Path folder;
  private final Path configuration;

  private Tempest(Path folder, Path configuration) {
    this.folder = folder;
    this.configuration = configuration;
  }

  /// Whose roles the suite tries. The program has to be configured for them.
  enum Roles {
    /// The `load-balancer_*` roles.
    ADVANCED(false),

    /// Keystone's own: admins of the system, members and readers of projects.
    KEYSTONE_DEFAULT_ROLES(true);

    private final boolean scoped;

    Roles(boolean scoped) {
      this.scoped = scoped;
    }
  }

  /// How a test ended.
  ///
  /// @param verdict `ok`, `FAILED` or `SKIPPED`
  /// @param reason of a skip, else empty
  record Outcome(String test, String verdict, String reason) {}

  static void need() throws Exception {
    Debian.need(
        Map.of(
            "/usr/bin/tempest",
            "tempest",
            PACKAGES.resolve("octavia_tempest_plugin").toString(),
            "octavia-tempest-plugin",
            "/usr/bin/stestr",
            "python3-stestr"));
  }

  /// Makes it ready to test a program with all that the program has: nothing is simulated.
  ///
  /// @param folder for its files, to be made
  static Tempest against(Program program, Roles roles, Path folder) throws Exception {
    Api api = Api.of(program);
    List<JsonNode> providers = new ArrayList<>();
    api.get(Api.LB + "/providers").expect(200).body().path("providers").forEach(providers::add);
    JsonNode external =
        api.get("/network/v2.0/networks?router:external=true")
            .expect(200)
            .body()
            .at("/networks/0/id");
    Files.createDirectories(folder);
    Path configuration =
        Files.writeString(
            folder.resolve("tempest.conf"),
            """
            [DEFAULT]
            log_file = %s/tempest.log
            [oslo_concurrency]
            lock_path = %s/locks
            [auth]
            use_dynamic_credentials = true
            create_isolated_networks = false
            admin_username = %s
            admin_password = %s
            admin_project_name = %s
            admin_domain_name = Default
            [identity]
            uri_v3 = %s
            auth_version = v3
            region = RegionOne
            v3_endpoint_type = public
            [network]
            project_networks_reachable = true
            public_network_id = %s
            [service_available]
            nova = true
            glance = true
            neutron = true
            cinder = false
            swift = false
            load_balancer = true
            barbican = true
            [validation]
            run_validation = false
            """
                    .formatted(
                        folder,
                        folder,
                        program.environment().get("OS_USERNAME"),
                        program.environment().get("OS_PASSWORD"),
                        program.environment().get("OS_PROJECT_NAME"),
                        program.environment().get("OS_AUTH_URL"),
                        external.asString())
                + loadBalancer(roles, providers));
    return new Tempest(folder, configuration);
  }

  private static String loadBalancer(Roles roles, List<JsonNode> providers) {
    List<String> described =
        providers.stream()
            .map(it -> it.path("name").asString() + ":" + it.path("description").asString())
            .toList();
    return """
        [load_balancer]
        test_with_noop = false
        availability_zone = one
        availability_zone2 = two
        availability_zone3 = three
        enabled_provider_drivers = %s
        RBAC_test_type = %s
        enforce_new_defaults = %s
        check_interval = 0.02
        build_interval = 0.02
        lb_build_interval = 0.02
        [enforce_scope]
        octavia = %s
        """
        .formatted(
            String.join(",", described),
            roles.name().toLowerCase(Locale.ROOT),
            roles.scoped,
            roles.scoped);
  }

  /// Runs tests, several at a time.
  ///
  /// @param tests their names begin so
  /// @param but not these
  List<Outcome> run(String tests, Pattern but, int workers)
      throws IOException, InterruptedException {
    Program.Result result =
        Program.run(
            Map.of("TEMPEST_CONFIG", configuration.toString()),
            List.of(
                "/usr/bin/stestr",
                "--test-path",
                PACKAGES.resolve("tempest/test_discover").toString(),
                "--top-dir",
                PACKAGES.toString(),
                "--group_regex",
                "([^\\.]*\\.)*",
                "--repo-url",
                folder.toString(),
                "run",
                "--concurrency",
                Integer.toString(workers),
                "--exclude-regex",
                but.pattern(),
                tests));
    List<Outcome> outcomes = new ArrayList<>();
    for (String line : result.output().lines().toList()) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        String reason = matcher.group(3);
        outcomes.add(new Outcome(matcher.group(1), matcher.group(2), reason == null ? "" : reason));
      }
    }
    if (outcomes.isEmpty()) {
      throw new AssertionError(result.output() + result.errors());
    }
    return outcomes;
  }
}
