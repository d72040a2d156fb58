package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The real `openstack` command, logged in as the admin of a program.
final class OpenStack {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<String, String> environment;

  OpenStack(Program program) throws Exception {
    this.environment = program.environment();
  }

  /// Runs a command that prints nothing of interest; it must exit 0.
  void run(String... arguments) throws Exception {
    output(List.of(arguments));
  }

  /// Runs a command that prints an object or a list, and returns that; it must exit 0.
  JsonNode json(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-f", "json"));
    return JSON.readTree(output(all));
  }

  /// Runs a command; it must exit 0.
  Program.Result raw(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("/usr/bin/openstack"));
    command.addAll(List.of(arguments));
    Program.Result result = Program.run(environment, command);
    assertThat(result.status())
        .as("%s\n%s\n%s", command, result.output(), result.errors())
        .isZero();
    return result;
  }

  private String output(List<String> arguments) throws Exception {
    return raw(arguments.toArray(String[]::new)).output();
  }
}
