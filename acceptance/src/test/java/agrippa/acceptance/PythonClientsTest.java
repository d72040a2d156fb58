package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs of users, in the folder `clients` of the resources, that know nothing of Agrippa:
/// a Python script with openstacksdk, and playbooks for Ansible.
class PythonClientsTest {
  /// Debian's own, for which its packages are made.
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir private Path folder;
  private Program program;

  @BeforeEach
  void start() throws IOException {
    program = Program.start(folder.resolve("state"));
  }

  @AfterEach
  void stop() {
    program.close();
  }

  @Test
  void debiansOpenStackSdkIsSatisfied() throws Exception {
    Debian.needOpenStackClient();
    String said = run(Map.of(), List.of(PYTHON, file("openstacksdk.py"), freePort()));
    assertThat(said).contains("is satisfied");
  }

  @Test
  void aCurrentOpenStackSdkIsSatisfied() throws Exception {
    Debian.needOpenStackClient();
    Map<String, String> newer = Map.of("PYTHONPATH", DebianThirteen.modules().toString());
    String said = run(newer, List.of(PYTHON, file("openstacksdk.py"), freePort()));
    assertThat(said).containsPattern("openstacksdk [4-9]\\..* is satisfied");
  }

  /// What was described is made, found to be so, and taken away.
  @Test
  void ansiblePlaybooksAreIdempotent() throws Exception {
    Debian.needOpenStackClient();
    Debian.need(Map.of("/usr/bin/ansible-playbook", "ansible-core"));
    String port = freePort();
    assertThat(play("present.yml", port)).containsPattern("changed=7 .* failed=0 ");
    assertThat(play("present.yml", port)).containsPattern("ok=8 .* changed=0 .* failed=0 ");
    assertThat(play("absent.yml", port)).containsPattern("changed=7 .* failed=0 ");
    Api api = Api.of(program);
    for (String plural : List.of("loadbalancers", "listeners", "pools", "healthmonitors")) {
      assertThat(api.get(Api.LB + "/" + plural).expect(200).body().path(plural)).isEmpty();
    }
    assertThat(api.get("/network/v2.0/floatingips").expect(200).body().path("floatingips"))
        .isEmpty();
  }

  private String play(String playbook, String port) throws Exception {
    Path modules = DebianThirteen.modules();
    Map<String, String> environment =
        Map.of(
            "PYTHONPATH", modules.toString(),
            "ANSIBLE_COLLECTIONS_PATH", modules.toString(),
            "ANSIBLE_HOME", folder.resolve("ansible").toString(),
            "ANSIBLE_LOCAL_TEMP", folder.resolve("ansible/tmp").toString(),
            "ANSIBLE_NOCOLOR", "1",
            "LC_ALL", "C.UTF-8");
    return run(
        environment,
        List.of(
            "/usr/bin/ansible-playbook",
            "--inventory",
            "localhost,",
            "--extra-vars",
            "listener_port=" + port,
            "--extra-vars",
            "ansible_python_interpreter=" + PYTHON,
            file(playbook)));
  }

  private static String freePort() throws IOException {
    return Integer.toString(FreePorts.next());
  }

  private static String file(String name) throws URISyntaxException {
    return Path.of(
            Objects.requireNonNull(PythonClientsTest.class.getResource("/clients/" + name)).toURI())
        .toString();
  }

  /// Bounded in time, as whatever waits for a load balancer may wait long.
  private String run(Map<String, String> more, List<String> command) throws Exception {
    Map<String, String> environment = new HashMap<>(program.environment());
    environment.putAll(more);
    List<String> bounded = new ArrayList<>(List.of("timeout", "180"));
    bounded.addAll(command);
    Program.Result result = Program.run(environment, bounded);
    assertThat(result.status())
        .as("%s\n%s\n%s", command, result.output(), result.errors())
        .isZero();
    return result.output();
  }
}
