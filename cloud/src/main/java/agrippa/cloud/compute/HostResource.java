package agrippa.cloud.compute;

import agrippa.model.ProjectId;
import agrippa.web.Json;
import agrippa.web.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.ToIntFunction;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What there is around servers: this machine as the one host in the one zone, and how much of it
/// projects may use.
final class HostResource {
  private static final int UNLIMITED = -1;
  private static final int MOST_SERVERS = 200;
  private static final UUID SERVICE = UUID.fromString("00000000-0000-4000-8000-000000000001");

  private final ComputeStore store;
  private final ServerDriver driver;
  private final InstantSource clock;
  private final String host;

  HostResource(ComputeStore store, ServerDriver driver, InstantSource clock, String host) {
    this.store = store;
    this.driver = driver;
    this.clock = clock;
    this.host = host;
  }

  private boolean works() {
    return driver.complaint().isEmpty();
  }

  Reply zones(Call call) {
    return zones(false);
  }

  Reply zonesInDetail(Call call) {
    call.needAdmin("os-availability-zone:detail");
    return zones(true);
  }

  private Reply zones(boolean detailed) {
    ObjectNode body = Json.object();
    ObjectNode zone =
        body.putArray("availabilityZoneInfo").addObject().put("zoneName", ServerJson.ZONE);
    zone.putObject("zoneState").put("available", true);
    if (detailed) {
      zone.putObject("hosts")
          .putObject(host)
          .putObject("nova-compute")
          .put("available", works())
          .put("active", true)
          .put("updated_at", ServerJson.microseconds(clock.instant()));
    } else {
      zone.putNull("hosts");
    }
    return Reply.json(200, body);
  }

  private int used(ProjectId project, ToIntFunction<Server> measure) {
    return store.servers().stream()
        .filter(it -> it.project().equals(project))
        .mapToInt(measure)
        .sum();
  }

  Reply limits(Call call) {
    ProjectId project =
        call.request()
            .query("tenant_id")
            .filter(any -> call.caller().admin())
            .map(ProjectId::new)
            .orElseGet(call::project);
    ObjectNode body = Json.object();
    ObjectNode limits = body.putObject("limits");
    limits.putArray("rate");
    limits
        .putObject("absolute")
        .put("maxTotalInstances", MOST_SERVERS)
        .put("maxTotalCores", UNLIMITED)
        .put("maxTotalRAMSize", UNLIMITED)
        .put("maxTotalKeypairs", 100)
        .put("maxServerMeta", 128)
        .put("maxServerGroups", 0)
        .put("maxServerGroupMembers", 0)
        .put("totalInstancesUsed", used(project, any -> 1))
        .put("totalCoresUsed", used(project, it -> it.origin().flavor().vcpus()))
        .put("totalRAMUsed", used(project, it -> it.origin().flavor().ram()))
        .put("totalServerGroupsUsed", 0);
    return Reply.json(200, body);
  }

  Reply quotas(Call call) {
    String project = call.parameter("project");
    if (!call.caller().mayUse(new ProjectId(project))) {
      throw Refused.policy("os-quota-sets:show");
    }
    ObjectNode body = Json.object();
    body.putObject("quota_set")
        .put("id", project)
        .put("instances", MOST_SERVERS)
        .put("cores", UNLIMITED)
        .put("ram", UNLIMITED)
        .put("key_pairs", 100)
        .put("metadata_items", 128)
        .put("server_groups", 0)
        .put("server_group_members", 0);
    return Reply.json(200, body);
  }

  Reply services(Call call) {
    call.needAdmin("os-services:list");
    ObjectNode body = Json.object();
    ObjectNode service =
        body.putArray("services")
            .addObject()
            .put("binary", "nova-compute")
            .put("host", host)
            .put("zone", ServerJson.ZONE)
            .put("status", works() ? "enabled" : "disabled")
            .put("state", works() ? "up" : "down")
            .put("updated_at", ServerJson.microseconds(clock.instant()))
            .put("disabled_reason", driver.complaint().orElse(null));
    if (call.since(53)) {
      service.put("id", SERVICE.toString());
    } else {
      service.put("id", 1);
    }
    if (call.since(11)) {
      service.put("forced_down", false);
    }
    return Reply.json(200, body);
  }

  Reply hypervisors(Call call) {
    return hypervisors(call, false);
  }

  Reply hypervisorsInDetail(Call call) {
    return hypervisors(call, true);
  }

  private Reply hypervisors(Call call, boolean detailed) {
    call.needAdmin("os-hypervisors:list");
    ObjectNode body = Json.object();
    body.putArray("hypervisors").add(hypervisor(call, detailed));
    return Reply.json(200, body);
  }

  Reply hypervisor(Call call) {
    call.needAdmin("os-hypervisors:show");
    String id = call.parameter("id");
    if (!id.equals("1") && !id.equals(SERVICE.toString())) {
      throw Refused.notFound("Compute host " + id + " could not be found.");
    }
    ObjectNode body = Json.object();
    body.set("hypervisor", hypervisor(call, true));
    return Reply.json(200, body);
  }

  private ObjectNode hypervisor(Call call, boolean detailed) {
    ObjectNode json = Json.object();
    if (call.since(53)) {
      json.put("id", SERVICE.toString());
    } else {
      json.put("id", 1);
    }
    json.put("hypervisor_hostname", host)
        .put("state", works() ? "up" : "down")
        .put("status", works() ? "enabled" : "disabled");
    if (!detailed) {
      return json;
    }
    json.put("hypervisor_type", driver.type())
        .put("hypervisor_version", 1)
        .put("host_ip", "127.0.0.1");
    ObjectNode service = json.putObject("service").put("host", host);
    service.put("disabled_reason", driver.complaint().orElse(null));
    if (call.since(53)) {
      service.put("id", SERVICE.toString());
    } else {
      service.put("id", 1);
    }
    if (!call.since(88)) {
      List<Server> servers = store.servers();
      int memory = megabytes();
      int used = servers.stream().mapToInt(it -> it.origin().flavor().ram()).sum();
      json.put("vcpus", Runtime.getRuntime().availableProcessors())
          .put("vcpus_used", servers.stream().mapToInt(it -> it.origin().flavor().vcpus()).sum())
          .put("memory_mb", memory)
          .put("memory_mb_used", used)
          .put("free_ram_mb", memory - used)
          .put("running_vms", servers.size());
    }
    return json;
  }

  private static int megabytes() {
    try {
      return Files.readAllLines(Path.of("/proc/meminfo")).stream()
          .filter(it -> it.startsWith("MemTotal:"))
          .mapToInt(it -> Integer.parseInt(it.replaceAll("\\D", "")) / 1_024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read how much memory the machine has", e);
    }
  }

  /// Since microversions came, extensions are but names.
  Reply extensions(Call call) {
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("extensions");
    for (String alias : List.of("os-keypairs", "os-attach-interfaces", "os-security-groups")) {
      list.addObject()
          .put("alias", alias)
          .put("name", alias)
          .put("namespace", "http://docs.openstack.org/compute/ext/fake_xml")
          .put("updated", "2014-12-03T00:00:00Z")
          .put("description", "")
          .putArray("links");
    }
    return Reply.json(200, body);
  }
}
