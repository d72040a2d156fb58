package agrippa.cloud.network;

import agrippa.cloud.Documents;
import agrippa.model.LoadBalancerId;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.web.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// For which load balancers there may be ports in Neutron. Written down before a port is made and
/// struck out after it is gone, so that a crash leaves no port behind that nobody knows; and
/// nothing is ever taken for ours that is another's, such as an Octavia's beside us.
final class ClaimJournal {
  private static final String COLLECTION = "neutron_claims";

  private final Documents documents;
  private final Map<LoadBalancerId, Wish> wishes = new ConcurrentHashMap<>();

  ClaimJournal(Documents documents) {
    this.documents = documents;
    documents
        .load(COLLECTION)
        .forEach((id, body) -> wishes.put(new LoadBalancerId(UUID.fromString(id)), Wish.of(body)));
  }

  /// What a port was last given on behalf of its load balancer.
  record Wish(List<SecurityGroupId> groups, @Nullable QosPolicyId qos) {
    Wish {
      groups = List.copyOf(groups);
    }

    static Wish of(JsonNode body) {
      String qos = body.path("qos").asString("");
      return new Wish(
          body.path("groups")
              .valueStream()
              .map(it -> new SecurityGroupId(UUID.fromString(it.asString(""))))
              .toList(),
          qos.isEmpty() ? null : new QosPolicyId(UUID.fromString(qos)));
    }

    ObjectNode json() {
      ObjectNode body = Json.object();
      ArrayNode list = body.putArray("groups");
      groups.forEach(it -> list.add(it.toString()));
      QosPolicyId policy = qos;
      return policy == null ? body : body.put("qos", policy.toString());
    }
  }

  @Nullable Wish of(LoadBalancerId id) {
    return wishes.get(id);
  }

  void put(LoadBalancerId id, Wish wish) {
    documents.commit(new Documents.Batch().put(COLLECTION, id.toString(), wish.json()));
    wishes.put(id, wish);
  }

  void remove(LoadBalancerId id) {
    if (wishes.containsKey(id)) {
      documents.commit(new Documents.Batch().remove(COLLECTION, id.toString()));
      wishes.remove(id);
    }
  }

  Set<LoadBalancerId> all() {
    return Set.copyOf(wishes.keySet());
  }
}
