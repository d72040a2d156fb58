package agrippa.cloud.compute;

import agrippa.cloud.compute.Server.State;
import agrippa.cloud.network.ServerPorts;
import agrippa.cloud.network.ServerPorts.Address;
import agrippa.cloud.network.ServerPorts.Attachment;
import agrippa.web.Json;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Servers as Nova shows them.
final class ServerJson {
  static final String ZONE = "nova";
  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

  private final ServerPorts ports;
  private final String host;

  /// @param host the name of this machine
  ServerJson(ServerPorts ports, String host) {
    this.ports = ports;
    this.host = host;
  }

  static ObjectNode brief(Server server, Call call) {
    ObjectNode json =
        Json.object().put("id", server.id().toString()).put("name", server.words().name());
    return json.set("links", links("servers", server.id().toString(), call));
  }

  static ArrayNode links(String collection, String id, Call call) {
    String base = call.request().baseUrl();
    return Json.array()
        .add(Call.link("self", base + "/v2.1/" + collection + "/" + id))
        .add(Call.link("bookmark", base + "/" + collection + "/" + id));
  }

  private static ArrayNode bookmark(String collection, String id, Call call) {
    return Json.array()
        .add(Call.link("bookmark", call.request().baseUrl() + "/" + collection + "/" + id));
  }

  ObjectNode detailed(Server server, Call call) {
    ObjectNode json =
        Json.object()
            .put("id", server.id().toString())
            .put("name", server.words().name())
            .put("status", server.status())
            .put("tenant_id", server.project().value())
            .put("user_id", server.user());
    json.set("metadata", metadata(server));
    json.put("hostId", hostId(server));
    String image = server.origin().image().toString();
    json.putObject("image").put("id", image).set("links", bookmark("images", image, call));
    json.set("flavor", flavor(server.origin().flavor(), call));
    json.put("created", time(server.created())).put("updated", time(server.life().updated()));
    json.set("addresses", addresses(server, true));
    json.put("accessIPv4", server.words().accessV4()).put("accessIPv6", server.words().accessV6());
    json.set("links", links("servers", server.id().toString(), call));
    json.put("OS-DCF:diskConfig", server.words().diskConfig());
    State state = server.life().state();
    if (state == State.ACTIVE || state == State.BUILDING) {
      json.put("progress", 0);
    }
    json.put("OS-EXT-AZ:availability_zone", state == State.BUILDING ? "" : ZONE)
        .put("config_drive", server.origin().configDrive() ? "True" : "")
        .put("key_name", server.origin().keyName());
    Instant launched = server.life().launched();
    json.put("OS-SRV-USG:launched_at", launched == null ? null : MICROSECONDS.format(launched))
        .putNull("OS-SRV-USG:terminated_at");
    ArrayNode groups = groups(server);
    if (!groups.isEmpty()) {
      json.set("security_groups", groups);
    }
    state(json, server);
    if (call.caller().admin()) {
      administrators(json, server, call);
    }
    json.putArray("os-extended-volumes:volumes_attached");
    later(json, server, call);
    fault(json, server);
    return json;
  }

  private static void state(ObjectNode json, Server server) {
    Server.Task task = server.life().task();
    json.put("OS-EXT-STS:task_state", task == null ? null : task.text())
        .put("OS-EXT-STS:vm_state", server.life().state().text())
        .put("OS-EXT-STS:power_state", server.life().state().power());
  }

  private void administrators(ObjectNode json, Server server, Call call) {
    json.put("OS-EXT-SRV-ATTR:host", host)
        .put("OS-EXT-SRV-ATTR:instance_name", "instance-" + shortId(server))
        .put("OS-EXT-SRV-ATTR:hypervisor_hostname", host);
    if (call.since(3)) {
      json.put("OS-EXT-SRV-ATTR:reservation_id", "r-" + shortId(server))
          .put("OS-EXT-SRV-ATTR:launch_index", 0)
          .put("OS-EXT-SRV-ATTR:hostname", server.origin().hostname())
          .put("OS-EXT-SRV-ATTR:kernel_id", "")
          .put("OS-EXT-SRV-ATTR:ramdisk_id", "")
          .putNull("OS-EXT-SRV-ATTR:root_device_name")
          .put("OS-EXT-SRV-ATTR:user_data", server.origin().userData());
    }
    if (call.since(16)) {
      json.put("host_status", "UP");
    }
  }

  private static String shortId(Server server) {
    return server.id().toString().substring(0, 8);
  }

  /// What came with later microversions.
  private static void later(ObjectNode json, Server server, Call call) {
    if (call.since(9)) {
      json.put("locked", server.words().locked());
    }
    if (call.since(19)) {
      json.put("description", server.words().description());
    }
    if (call.since(26)) {
      ArrayNode tags = json.putArray("tags");
      server.words().tags().forEach(tags::add);
    }
    if (call.since(63)) {
      json.putNull("trusted_image_certificates");
    }
    if (call.since(71)) {
      json.putArray("server_groups");
    }
    if (call.since(73)) {
      json.putNull("locked_reason");
    }
    if (call.since(90) && !call.caller().admin()) {
      json.put("OS-EXT-SRV-ATTR:hostname", server.origin().hostname());
    }
  }

  private static void fault(ObjectNode json, Server server) {
    Server.Fault fault = server.life().fault();
    if (fault != null) {
      json.putObject("fault")
          .put("code", 500)
          .put("created", time(fault.created()))
          .put("message", fault.message());
    }
  }

  static ObjectNode metadata(Server server) {
    ObjectNode metadata = Json.object();
    server.metadata().forEach(metadata::put);
    return metadata;
  }

  private static ObjectNode flavor(Flavor flavor, Call call) {
    if (call.since(47)) {
      ObjectNode json =
          Json.object()
              .put("vcpus", flavor.vcpus())
              .put("ram", flavor.ram())
              .put("disk", flavor.disk())
              .put("ephemeral", flavor.ephemeral())
              .put("swap", flavor.swap())
              .put("original_name", flavor.name());
      return json.set("extra_specs", flavor.specs());
    }
    return Json.object()
        .put("id", flavor.id())
        .set("links", bookmark("flavors", flavor.id(), call));
  }

  ArrayNode groups(Server server) {
    ArrayNode groups = Json.array();
    for (ServerPorts.Group it : ports.securityGroups(server.id())) {
      groups.addObject().put("name", it.name());
    }
    return groups;
  }

  /// By the names of networks.
  ///
  /// @param extended with the attributes that only servers have, not their list of addresses
  ObjectNode addresses(Server server, boolean extended) {
    ObjectNode json = Json.object();
    for (Attachment attachment : ports.attachments(server.id())) {
      ArrayNode list =
          json.get(attachment.networkName()) instanceof ArrayNode there
              ? there
              : json.putArray(attachment.networkName());
      for (Address it : attachment.addresses()) {
        list.add(address(it.fixed(), "fixed", attachment, extended));
        InetAddress floating = it.floating();
        if (floating != null) {
          list.add(address(floating, "floating", attachment, extended));
        }
      }
    }
    return json;
  }

  private static ObjectNode address(
      InetAddress address, String type, Attachment attachment, boolean extended) {
    ObjectNode json =
        Json.object()
            .put("version", address instanceof Inet4Address ? 4 : 6)
            .put("addr", text(address));
    return extended
        ? json.put("OS-EXT-IPS:type", type).put("OS-EXT-IPS-MAC:mac_addr", attachment.mac())
        : json;
  }

  /// As Python's `ipaddress` writes it.
  static String text(InetAddress address) {
    if (address instanceof Inet4Address) {
      return address.getHostAddress();
    }
    String full = address.getHostAddress();
    String longest = "";
    for (String zeros = ":0:0:0:0:0:0:0:0"; zeros.length() >= 4; zeros = zeros.substring(2)) {
      if ((":" + full + ":").contains(zeros + ":")) {
        longest = zeros + ":";
        break;
      }
    }
    if (longest.isEmpty()) {
      return full;
    }
    String cut = (":" + full + ":").replaceFirst(longest, "::");
    String start = cut.startsWith("::") ? cut : cut.substring(1);
    return start.endsWith("::") ? start : start.substring(0, start.length() - 1);
  }

  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static @Nullable String microseconds(@Nullable Instant instant) {
    return instant == null ? null : MICROSECONDS.format(instant);
  }

  /// Tells a project's users which of their servers share a machine, and nothing else.
  private String hostId(Server server) {
    if (server.life().state() == State.BUILDING) {
      return "";
    }
    try {
      byte[] text = (server.project().value() + host).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-224").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-224", e);
    }
  }
}
