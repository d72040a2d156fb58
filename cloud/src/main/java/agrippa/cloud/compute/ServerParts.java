package agrippa.cloud.compute;

import agrippa.cloud.network.ServerPorts;
import agrippa.cloud.network.ServerPorts.Attachment;
import agrippa.cloud.network.ServerPorts.Wish;
import agrippa.web.Json;
import agrippa.web.Reply;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What belongs to a server and has paths of its own: interfaces, metadata, tags.
final class ServerParts {
  private final ComputeStore store;
  private final ServerPorts ports;
  private final InstantSource clock;

  ServerParts(ComputeStore store, ServerPorts ports, InstantSource clock) {
    this.store = store;
    this.ports = ports;
    this.clock = clock;
  }

  private Server found(Call call) {
    return ServerResource.found(store, call);
  }

  // Interfaces.

  Reply interfaces(Call call) {
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("interfaceAttachments");
    ports.attachments(found(call).id()).forEach(it -> list.add(json(it)));
    return Reply.json(200, body);
  }

  Reply showInterface(Call call) {
    return one(attachment(found(call), call));
  }

  private static Reply one(Attachment attachment) {
    ObjectNode body = Json.object();
    body.set("interfaceAttachment", json(attachment));
    return Reply.json(200, body);
  }

  private Attachment attachment(Server server, Call call) {
    String id = call.parameter("port");
    return ports.attachments(server.id()).stream()
        .filter(it -> it.port().toString().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                Refused.notFound(
                    "Instance " + server.id() + " does not have a port with id " + id));
  }

  private static ObjectNode json(Attachment it) {
    ObjectNode json = Json.object();
    ArrayNode addresses = json.putArray("fixed_ips");
    for (ServerPorts.Address address : it.addresses()) {
      addresses
          .addObject()
          .put("subnet_id", address.subnet().toString())
          .put("ip_address", ServerJson.text(address.fixed()));
    }
    return json.put("mac_addr", it.mac())
        .put("net_id", it.network().toString())
        .put("port_id", it.port().toString())
        .put("port_state", "ACTIVE");
  }

  Reply attach(Call call) {
    Server server = found(call);
    JsonNode wanted = call.body().path("interfaceAttachment");
    if (wanted.hasNonNull("port_id") && wanted.hasNonNull("net_id")) {
      throw Refused.bad("Must not input both network_id and port_id");
    }
    List<UUID> before = ports.attachments(server.id()).stream().map(Attachment::port).toList();
    List<Attachment> after = new ArrayList<>();
    ServerActions.refusable(
        () -> {
          after.addAll(ports.attach(server.id(), call.caller(), wishes(wanted), List.of()));
          // What runs gets its interface now.
          ports.namespace(server.id());
        });
    return one(
        after.stream()
            .filter(it -> !before.contains(it.port()))
            .findFirst()
            .orElseGet(after::getLast));
  }

  private static List<Wish> wishes(JsonNode wanted) {
    if (wanted.hasNonNull("port_id")) {
      return List.of(new Wish.AtPort(ServerOrder.id(wanted, "port_id")));
    }
    if (!wanted.hasNonNull("net_id")) {
      return List.of();
    }
    String address = wanted.path("fixed_ips").path(0).path("ip_address").asString("");
    return List.of(
        new Wish.OnNetwork(
            ServerOrder.id(wanted, "net_id"),
            address.isEmpty() ? null : ServerOrder.literal(address)));
  }

  Reply detach(Call call) {
    Server server = found(call);
    Attachment attachment = attachment(server, call);
    ServerActions.refusable(
        () -> {
          ports.detach(server.id(), attachment.port());
          ports.namespace(server.id());
        });
    return Reply.empty(202);
  }

  // Metadata.

  Reply metadata(Call call) {
    return metadata(found(call));
  }

  private static Reply metadata(Server server) {
    ObjectNode body = Json.object();
    body.set("metadata", ServerJson.metadata(server));
    return Reply.json(200, body);
  }

  Reply addMetadata(Call call) {
    Map<String, String> more = ServerOrder.metadata(call.body("metadata"));
    return metadata(
        changedMetadata(
            call,
            all -> {
              all.putAll(more);
              return all;
            }));
  }

  Reply replaceMetadata(Call call) {
    Map<String, String> next = ServerOrder.metadata(call.body("metadata"));
    return metadata(changedMetadata(call, all -> next));
  }

  private Server changedMetadata(Call call, UnaryOperator<Map<String, String>> change) {
    return changed(
        call,
        words -> {
          Map<String, String> next = change.apply(new HashMap<>(words.metadata()));
          ServerOrder.checkCount(next);
          return words.withMetadata(next);
        });
  }

  private Server changed(Call call, UnaryOperator<Server.Words> change) {
    Server server = found(call);
    return store
        .change(server.id(), it -> it.with(change.apply(it.words()), clock.instant()))
        .orElseThrow(() -> Refused.noServer(server.id().toString()));
  }

  Reply metadataItem(Call call) {
    return item(found(call), call.parameter("key"));
  }

  private static Reply item(Server server, String key) {
    String value = server.words().metadata().get(key);
    if (value == null) {
      throw Refused.notFound("Metadata item was not found");
    }
    ObjectNode body = Json.object();
    body.putObject("meta").put(key, value);
    return Reply.json(200, body);
  }

  Reply setMetadataItem(Call call) {
    String key = ServerOrder.metadataKey(call.parameter("key"));
    ObjectNode meta = call.body("meta");
    if (meta.size() != 1 || !meta.has(key)) {
      throw Refused.bad("Request body and URI mismatch");
    }
    String value = ServerOrder.metadataValue(meta.get(key));
    Server server =
        changedMetadata(
            call,
            all -> {
              all.put(key, value);
              return all;
            });
    return item(server, key);
  }

  Reply removeMetadataItem(Call call) {
    String key = call.parameter("key");
    changedMetadata(
        call,
        all -> {
          if (all.remove(key) == null) {
            throw Refused.notFound("Metadata item was not found");
          }
          return all;
        });
    return Reply.empty(204);
  }

  // Tags.

  private static void needTags(Call call) {
    if (!call.since(26)) {
      throw Refused.notFound("The resource could not be found.");
    }
  }

  Reply tags(Call call) {
    needTags(call);
    return tags(found(call));
  }

  private static Reply tags(Server server) {
    ObjectNode body = Json.object();
    ArrayNode tags = body.putArray("tags");
    server.words().tags().forEach(tags::add);
    return Reply.json(200, body);
  }

  Reply replaceTags(Call call) {
    needTags(call);
    List<String> next = ServerOrder.tags(call.body().path("tags"));
    return tags(changed(call, it -> it.withTags(next)));
  }

  Reply removeTags(Call call) {
    needTags(call);
    changed(call, it -> it.withTags(List.of()));
    return Reply.empty(204);
  }

  Reply hasTag(Call call) {
    needTags(call);
    if (!found(call).words().tags().contains(call.parameter("tag"))) {
      throw noTag(call);
    }
    return Reply.empty(204);
  }

  private static Refused noTag(Call call) {
    return Refused.notFound("The server has no tag '" + call.parameter("tag") + "'");
  }

  Reply addTag(Call call) {
    needTags(call);
    String tag = call.parameter("tag");
    boolean there = found(call).words().tags().contains(tag);
    changed(
        call,
        it -> {
          ArrayNode all = Json.array();
          it.tags().forEach(all::add);
          return it.withTags(ServerOrder.tags(all.add(tag)));
        });
    return Reply.empty(there ? 204 : 201);
  }

  Reply removeTag(Call call) {
    needTags(call);
    String tag = call.parameter("tag");
    changed(
        call,
        it -> {
          if (!it.tags().contains(tag)) {
            throw noTag(call);
          }
          return it.withTags(it.tags().stream().filter(each -> !each.equals(tag)).toList());
        });
    return Reply.empty(204);
  }
}
