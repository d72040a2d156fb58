package agrippa.cloud.compute;

import agrippa.cloud.compute.Server.State;
import agrippa.cloud.compute.Server.Task;
import agrippa.cloud.image.EmbeddedImages;
import agrippa.cloud.network.ServerPorts;
import agrippa.cloud.network.ServerPorts.RefusedException;
import agrippa.web.Json;
import agrippa.web.Reply;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Servers: created, listed, shown, renamed and deleted.
final class ServerResource {
  private static final int MOST_PER_PROJECT = 200;
  private static final int PASSWORD = 12;
  private static final String LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  private final ComputeStore store;
  private final ServerOrder.Reader orders;
  private final ServerPorts ports;
  private final ServerKeeper keeper;
  private final ServerJson json;
  private final World world;

  /// What is the same everywhere in the service.
  record World(InstantSource clock, SecureRandom random, Supplier<UUID> ids) {}

  ServerResource(
      ComputeStore store,
      EmbeddedImages images,
      ServerPorts ports,
      ServerKeeper keeper,
      ServerJson json,
      World world) {
    this.store = store;
    this.orders = new ServerOrder.Reader(store, images);
    this.ports = ports;
    this.keeper = keeper;
    this.json = json;
    this.world = world;
  }

  /// The server of the path, if the caller may see it.
  ///
  /// @throws Refused if not
  static Server found(ComputeStore store, Call call) {
    String id = call.parameter("id");
    return Call.uuid(id)
        .flatMap(store::server)
        .filter(it -> it.life().plugged() && it.visibleTo(call.caller()))
        .orElseThrow(() -> Refused.noServer(id));
  }

  Reply list(Call call) {
    return ServerListing.reply(call, store.servers(), ServerJson::brief, this::addresses);
  }

  Reply detail(Call call) {
    return ServerListing.reply(call, store.servers(), json::detailed, this::addresses);
  }

  private List<String> addresses(Server server) {
    return ServerListing.texts(json.addresses(server, false));
  }

  Reply show(Call call) {
    return one(found(store, call), call);
  }

  private Reply one(Server server, Call call) {
    ObjectNode body = Json.object();
    body.set("server", json.detailed(server, call));
    return Reply.json(200, body);
  }

  Reply create(Call call) {
    var project = call.project();
    ServerOrder order = orders.read(call);
    long count = store.servers().stream().filter(it -> it.project().equals(project)).count();
    if (count + order.count() > MOST_PER_PROJECT) {
      throw Refused.of(
          403,
          "Quota exceeded for instances: Requested %d, but already used %d of %d instances"
              .formatted(order.count(), count, MOST_PER_PROJECT));
    }
    List<Server> made = new ArrayList<>();
    try {
      for (int i = 0; i < order.count(); i++) {
        made.add(make(call, order, i));
      }
    } catch (RefusedException e) {
      made.forEach(this::delete);
      // What is wrong with the networks of a new server, Nova calls a bad request, but for 403
      // and 409.
      throw Refused.of(e.status() == 404 ? 400 : e.status(), String.valueOf(e.getMessage()));
    }
    made.forEach(it -> keeper.wake(it.id()));
    return accepted(made.getFirst(), call, call.body("server").path("adminPass").asString(""));
  }

  private Server make(Call call, ServerOrder order, int index) {
    Instant now = world.clock().instant();
    Server server =
        new Server(
            world.ids().get(),
            call.project(),
            call.caller().userId(),
            now,
            order.words(index),
            order.origin(),
            new Server.Life(false, State.BUILDING, Task.SPAWNING, now, null, null));
    // Stored before it is plugged in, so that a crash leaves no ports that nobody knows of.
    store.put(server);
    try {
      if (order.plugs()) {
        ports.attach(server.id(), call.caller(), order.wishes(), order.groups());
      }
    } catch (RuntimeException e) {
      store.remove(server.id());
      throw e;
    }
    return store.change(server.id(), Server::plugged).orElseThrow();
  }

  private void delete(Server server) {
    store.change(server.id(), it -> it.doing(Task.DELETING, world.clock().instant()));
    keeper.wake(server.id());
  }

  private Reply accepted(Server server, Call call, String password) {
    ObjectNode body = Json.object();
    ObjectNode it = body.putObject("server").put("id", server.id().toString());
    ArrayNode links = ServerJson.links("servers", server.id().toString(), call);
    it.set("links", links);
    it.put("OS-DCF:diskConfig", server.words().diskConfig());
    ArrayNode groups = json.groups(server);
    if (groups.isEmpty()) {
      groups.addObject().put("name", "default");
    }
    it.set("security_groups", groups);
    it.put("adminPass", password.isEmpty() ? password() : password);
    return Reply.json(202, body).with("Location", links.path(0).path("href").asString());
  }

  /// Clients want one. It opens nothing: images let in keys only.
  private String password() {
    StringBuilder password = new StringBuilder();
    for (int i = 0; i < PASSWORD; i++) {
      password.append(LETTERS.charAt(world.random().nextInt(LETTERS.length())));
    }
    return password.toString();
  }

  Reply update(Call call) {
    Server server = found(store, call);
    ObjectNode it = call.body("server");
    if (it.isEmpty()) {
      throw Refused.invalid("server", "{} does not have enough properties");
    }
    Server next =
        store
            .change(
                server.id(), now -> now.with(words(now.words(), it, call), world.clock().instant()))
            .orElseThrow(() -> Refused.noServer(server.id().toString()));
    return one(next, call);
  }

  private static Server.Words words(Server.Words words, ObjectNode it, Call call) {
    boolean described = call.since(19) && it.has("description");
    return new Server.Words(
        it.has("name") ? ServerOrder.name(it, "name") : words.name(),
        described && it.path("description").isString()
            ? ServerOrder.checked("description", it.path("description").stringValue())
            : described ? null : words.description(),
        it.has("accessIPv4") ? ServerOrder.address(it, "accessIPv4", 4) : words.accessV4(),
        it.has("accessIPv6") ? ServerOrder.address(it, "accessIPv6", 6) : words.accessV6(),
        it.has("OS-DCF:diskConfig") ? ServerOrder.diskConfig(it) : words.diskConfig(),
        words.metadata(),
        words.tags(),
        words.locked());
  }

  Reply delete(Call call) {
    Server server = found(store, call);
    if (server.words().locked() && !call.caller().admin()) {
      throw Refused.conflict("Instance " + server.id() + " is locked");
    }
    delete(server);
    return Reply.empty(204);
  }

  Reply securityGroups(Call call) {
    return GroupResource.all(ports.securityGroups(found(store, call).id()));
  }

  Reply addresses(Call call) {
    ObjectNode body = Json.object();
    body.set("addresses", json.addresses(found(store, call), false));
    return Reply.json(200, body);
  }

  Reply addressesOfNetwork(Call call) {
    String network = call.parameter("network");
    ObjectNode all = json.addresses(found(store, call), false);
    if (!all.has(network)) {
      throw Refused.notFound("Network name not found");
    }
    ObjectNode body = Json.object();
    body.set(network, all.get(network));
    return Reply.json(200, body);
  }
}
