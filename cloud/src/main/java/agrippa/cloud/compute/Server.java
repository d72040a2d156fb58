package agrippa.cloud.compute;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A server: what its user said of it, what it was made from, and how it is.
record Server(
    UUID id,
    ProjectId project,
    String user,
    Instant created,
    Words words,
    Origin origin,
    Life life) {

  /// What can be changed again.
  ///
  /// @param locked whether only its unlocking is allowed
  record Words(
      String name,
      @Nullable String description,
      String accessV4,
      String accessV6,
      String diskConfig,
      Map<String, String> metadata,
      List<String> tags,
      boolean locked) {
    Words {
      metadata = Map.copyOf(metadata);
      tags = List.copyOf(tags);
    }

    Words withMetadata(Map<String, String> next) {
      return new Words(name, description, accessV4, accessV6, diskConfig, next, tags, locked);
    }

    Words withTags(List<String> next) {
      return new Words(name, description, accessV4, accessV6, diskConfig, metadata, next, locked);
    }

    Words withLocked(boolean next) {
      return new Words(name, description, accessV4, accessV6, diskConfig, metadata, tags, next);
    }

    ObjectNode json() {
      ObjectNode json =
          Json.object()
              .put("name", name)
              .put("description", description)
              .put("access_v4", accessV4)
              .put("access_v6", accessV6)
              .put("disk_config", diskConfig)
              .put("locked", locked);
      ObjectNode more = json.putObject("metadata");
      metadata.forEach(more::put);
      var list = json.putArray("tags");
      tags.forEach(list::add);
      return json;
    }

    static Words of(JsonNode it) {
      List<String> tags = new ArrayList<>();
      it.path("tags").forEach(tag -> tags.add(tag.asString()));
      return new Words(
          it.path("name").asString(),
          text(it, "description"),
          it.path("access_v4").asString(""),
          it.path("access_v6").asString(""),
          it.path("disk_config").asString("MANUAL"),
          Flavor.texts(it.path("metadata")),
          tags,
          it.path("locked").asBoolean(false));
    }
  }

  /// What it was made from, as that was then.
  ///
  /// @param publicKey of the key pair, or null
  /// @param userData in Base64, or null
  /// @param zone that was asked for, or null
  record Origin(
      Flavor flavor,
      UUID image,
      String hostname,
      @Nullable String keyName,
      @Nullable String publicKey,
      @Nullable String userData,
      @Nullable String zone,
      boolean configDrive) {
    ObjectNode json() {
      ObjectNode json =
          Json.object()
              .put("image", image.toString())
              .put("hostname", hostname)
              .put("key_name", keyName)
              .put("public_key", publicKey)
              .put("user_data", userData)
              .put("zone", zone)
              .put("config_drive", configDrive);
      return json.set("flavor", flavor.json());
    }

    static Origin of(JsonNode it) {
      return new Origin(
          Flavor.of(it.path("flavor")),
          UUID.fromString(it.path("image").asString()),
          it.path("hostname").asString(),
          text(it, "key_name"),
          text(it, "public_key"),
          text(it, "user_data"),
          text(it, "zone"),
          it.path("config_drive").asBoolean(false));
    }
  }

  /// How a server is.
  ///
  /// @param plugged whether it has its ports, and its creation was accepted
  /// @param task what is being done to it, or null
  /// @param launched when it first ran, or null
  /// @param fault why it does not run, or null
  record Life(
      boolean plugged,
      State state,
      @Nullable Task task,
      Instant updated,
      @Nullable Instant launched,
      @Nullable Fault fault) {
    ObjectNode json() {
      ObjectNode json =
          Json.object()
              .put("plugged", plugged)
              .put("state", state.name())
              .put("task", task == null ? null : task.name())
              .put("updated", updated.toString())
              .put("launched", launched == null ? null : launched.toString());
      if (fault != null) {
        json.putObject("fault")
            .put("message", fault.message)
            .put("created", fault.created.toString());
      }
      return json;
    }

    static Life of(JsonNode it) {
      JsonNode fault = it.path("fault");
      String launched = text(it, "launched");
      String task = text(it, "task");
      return new Life(
          it.path("plugged").asBoolean(false),
          State.valueOf(it.path("state").asString()),
          task == null ? null : Task.valueOf(task),
          Instant.parse(it.path("updated").asString()),
          launched == null ? null : Instant.parse(launched),
          fault.isObject()
              ? new Fault(
                  fault.path("message").asString(), Instant.parse(fault.path("created").asString()))
              : null);
    }
  }

  record Fault(String message, Instant created) {}

  /// What a server is when nothing is being done to it.
  enum State {
    BUILDING("BUILD", 0),
    ACTIVE("ACTIVE", 1),
    STOPPED("SHUTOFF", 4),
    ERROR("ERROR", 0);

    private final String status;
    private final int power;

    State(String status, int power) {
      this.status = status;
      this.power = power;
    }

    /// Nova's `vm_state`.
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Nova's number for whether it runs.
    int power() {
      return power;
    }
  }

  /// What is being done to a server; a crash does not end it.
  enum Task {
    SPAWNING("spawning"),
    POWERING_ON("powering-on"),
    POWERING_OFF("powering-off"),
    REBOOTING("rebooting"),
    REBOOTING_HARD("rebooting_hard"),
    DELETING("deleting");

    private final String text;

    Task(String text) {
      this.text = text;
    }

    /// Nova's `task_state`.
    String text() {
      return text;
    }
  }

  /// What a user is told.
  String status() {
    Task task = life.task;
    if (life.state == State.ACTIVE && task == Task.REBOOTING) {
      return "REBOOT";
    }
    return task == Task.REBOOTING_HARD ? "HARD_REBOOT" : life.state.status;
  }

  boolean visibleTo(Caller caller) {
    return caller.mayUse(project);
  }

  Server with(Words next, Instant now) {
    return new Server(
        id,
        project,
        user,
        created,
        next,
        origin,
        new Life(life.plugged, life.state, life.task, now, life.launched, life.fault));
  }

  Server plugged() {
    return with(new Life(true, life.state, life.task, life.updated, life.launched, life.fault));
  }

  private Server with(Life next) {
    return new Server(id, project, user, created, words, origin, next);
  }

  /// The server while something is being done to it.
  Server doing(Task task, Instant now) {
    return with(new Life(life.plugged, life.state, task, now, life.launched, life.fault));
  }

  /// The server when that is done.
  Server done(State state, Instant now) {
    Instant launched = life.launched == null && state == State.ACTIVE ? now : life.launched;
    return with(new Life(life.plugged, state, null, now, launched, null));
  }

  /// The server when that failed.
  Server failed(String why, Instant now) {
    return with(new Life(life.plugged, State.ERROR, null, now, life.launched, new Fault(why, now)));
  }

  ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("id", id.toString())
            .put("project", project.value())
            .put("user", user)
            .put("created", created.toString());
    json.set("words", words.json());
    json.set("origin", origin.json());
    return json.set("life", life.json());
  }

  static Server of(JsonNode it) {
    return new Server(
        UUID.fromString(it.path("id").asString()),
        new ProjectId(it.path("project").asString()),
        it.path("user").asString(),
        Instant.parse(it.path("created").asString()),
        Words.of(it.path("words")),
        Origin.of(it.path("origin")),
        Life.of(it.path("life")));
  }

  private static @Nullable String text(JsonNode it, String key) {
    return it.path(key).isString() ? it.path(key).stringValue() : null;
  }

  /// Metadata in the order of its keys.
  Map<String, String> metadata() {
    return new TreeMap<>(words.metadata);
  }
}
