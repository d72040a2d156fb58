package agrippa.cloud.compute;

import agrippa.cloud.compute.Server.State;
import agrippa.cloud.compute.Server.Task;
import agrippa.cloud.network.ServerPorts;
import agrippa.web.Json;
import agrippa.web.Reply;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a server can be told: `POST /servers/{id}/action` with one key that names the action.
final class ServerActions {
  private static final int MOST_LINES = 100_000;

  /// What there is no machinery for, and why.
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("rebuild", "a server keeps the image that it was made from; create another"),
          Map.entry("resize", "a server keeps its flavor; create another"),
          Map.entry("confirmResize", "a server keeps its flavor"),
          Map.entry("revertResize", "a server keeps its flavor"),
          Map.entry("createImage", "servers cannot be made images of"),
          Map.entry("createBackup", "servers cannot be made images of"),
          Map.entry("pause", "servers can be stopped, but not paused"),
          Map.entry("unpause", "servers can be stopped, but not paused"),
          Map.entry("suspend", "servers can be stopped, but not suspended"),
          Map.entry("resume", "servers can be stopped, but not suspended"),
          Map.entry("shelve", "there is one host only"),
          Map.entry("shelveOffload", "there is one host only"),
          Map.entry("unshelve", "there is one host only"),
          Map.entry("migrate", "there is one host only"),
          Map.entry("os-migrateLive", "there is one host only"),
          Map.entry("evacuate", "there is one host only"),
          Map.entry("rescue", "servers have no disk that another could repair"),
          Map.entry("unrescue", "servers have no disk that another could repair"),
          Map.entry("changePassword", "servers let in keys only"),
          Map.entry("addFixedIp", "attach an interface instead"),
          Map.entry("removeFixedIp", "detach an interface instead"),
          Map.entry("addFloatingIp", "the network service has floating IPs"),
          Map.entry("removeFloatingIp", "the network service has floating IPs"),
          Map.entry("os-getVNCConsole", "servers have no screen; see the console log"),
          Map.entry("os-getSPICEConsole", "servers have no screen; see the console log"),
          Map.entry("os-getSerialConsole", "log in by SSH, or see the console log"));

  private final ComputeStore store;
  private final ServerDriver driver;
  private final ServerPorts ports;
  private final ServerKeeper keeper;
  private final InstantSource clock;

  ServerActions(
      ComputeStore store,
      ServerDriver driver,
      ServerPorts ports,
      ServerKeeper keeper,
      InstantSource clock) {
    this.store = store;
    this.driver = driver;
    this.ports = ports;
    this.keeper = keeper;
    this.clock = clock;
  }

  Reply act(Call call) {
    Server server = ServerResource.found(store, call);
    ObjectNode body = call.body();
    Optional<String> action = body.propertyNames().stream().findFirst();
    if (body.size() != 1 || action.isEmpty()) {
      throw Refused.bad("Malformed request body: there must be exactly one action");
    }
    String name = action.get();
    String why = REFUSED.get(name);
    if (why != null) {
      throw Refused.bad("The action '" + name + "' is not supported here: " + why + ".");
    }
    if (server.words().locked() && !call.caller().admin() && !name.equals("unlock")) {
      throw Refused.conflict("Instance " + server.id() + " is locked");
    }
    return act(call, server, name, body.path(name));
  }

  private Reply act(Call call, Server server, String name, JsonNode argument) {
    return switch (name) {
      case "os-start" -> begin(server, "start", Task.POWERING_ON, Set.of(State.STOPPED), false);
      case "os-stop" ->
          begin(server, "stop", Task.POWERING_OFF, Set.of(State.ACTIVE, State.ERROR), true);
      case "reboot" -> reboot(server, argument);
      case "forceDelete" -> {
        doing(server, Task.DELETING);
        yield Reply.empty(202);
      }
      case "lock" -> lock(server, true);
      case "unlock" -> lock(server, false);
      case "addSecurityGroup" -> {
        refusable(() -> ports.addSecurityGroup(server.id(), call.caller(), group(argument, name)));
        yield Reply.empty(202);
      }
      case "removeSecurityGroup" -> {
        refusable(
            () -> ports.removeSecurityGroup(server.id(), call.caller(), group(argument, name)));
        yield Reply.empty(202);
      }
      case "os-getConsoleOutput" -> console(server, argument);
      case "os-resetState" -> resetState(call, server, argument);
      default ->
          throw Refused.bad("There is no such action: " + ServerOrder.checked("action", name));
    };
  }

  private Reply begin(
      Server server, String action, Task task, Set<State> states, boolean whatever) {
    Server.Life life = server.life();
    Task other = life.task();
    if (!states.contains(life.state())) {
      throw Refused.state(action, server.id(), "vm_state", life.state().text());
    }
    if (other == Task.DELETING || (other != null && !whatever)) {
      throw Refused.state(action, server.id(), "task_state", other.text());
    }
    doing(server, task);
    return Reply.empty(202);
  }

  private void doing(Server server, Task task) {
    store.change(
        server.id(),
        it -> it.life().task() == Task.DELETING ? it : it.doing(task, clock.instant()));
    keeper.wake(server.id());
  }

  private Reply reboot(Server server, JsonNode argument) {
    return switch (argument.path("type").asString("").toUpperCase(java.util.Locale.ROOT)) {
      case "SOFT" -> begin(server, "reboot", Task.REBOOTING, Set.of(State.ACTIVE), false);
      case "HARD" ->
          begin(
              server,
              "reboot",
              Task.REBOOTING_HARD,
              Set.of(State.ACTIVE, State.STOPPED, State.ERROR),
              true);
      default ->
          throw Refused.invalid(
              "type", "Value: it is not one of ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']");
    };
  }

  private Reply lock(Server server, boolean locked) {
    store.change(server.id(), it -> it.with(it.words().withLocked(locked), it.life().updated()));
    return Reply.empty(202);
  }

  private static String group(JsonNode argument, String action) {
    String name = argument.path("name").asString("");
    if (name.isEmpty()) {
      throw Refused.invalid(action, "'name' is a required property");
    }
    return ServerOrder.checked("name", name);
  }

  /// Runs what the network service may say no to.
  static void refusable(Runnable action) {
    try {
      action.run();
    } catch (ServerPorts.RefusedException e) {
      throw Refused.of(e.status(), String.valueOf(e.getMessage()));
    }
  }

  private Reply console(Server server, JsonNode argument) {
    if (server.life().state() == State.BUILDING) {
      throw Refused.conflict("Instance " + server.id() + " is not ready");
    }
    String length = argument.path("length").asString("");
    if (!length.matches("-1|\\d{0,9}")) {
      throw Refused.invalid("length", "Value: it is no integer");
    }
    int lines =
        length.isEmpty() || length.equals("-1")
            ? MOST_LINES
            : Math.min(MOST_LINES, Integer.parseInt(length));
    List<String> all =
        new String(driver.console(server.id()), StandardCharsets.UTF_8).lines().toList();
    String text = String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    return Reply.json(200, Json.object().put("output", text.isEmpty() ? "" : text + "\n"));
  }

  /// An admin says that a server in error is well, or the other way round.
  private Reply resetState(Call call, Server server, JsonNode argument) {
    call.needAdmin("os-admin-actions:reset_state");
    String state = argument.path("state").asString("");
    store.change(
        server.id(),
        it ->
            switch (state) {
              case "active" -> it.done(State.ACTIVE, clock.instant());
              case "error" -> it.failed("An admin says so.", clock.instant());
              default ->
                  throw Refused.invalid("state", "Value: it is not one of ['active', 'error']");
            });
    keeper.wake(server.id());
    return Reply.empty(202);
  }
}
