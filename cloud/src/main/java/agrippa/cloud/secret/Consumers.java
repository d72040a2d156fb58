package agrippa.cloud.secret;

import static java.lang.System.Logger.Level.WARNING;

import agrippa.cloud.Documents;
import agrippa.cloud.openstack.Answer;
import agrippa.cloud.openstack.ServiceClient;
import agrippa.cloud.openstack.ServiceClient.Question;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.LoadBalancerId;
import agrippa.web.Json;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Tells Barbican which load balancers use which secrets and containers, so that people see it
/// before they delete one.
///
/// What is wanted and what is registered is kept on disk. They are brought together by level, so a
/// Barbican that is away or a crash only delay it; no traffic ever waits for it.
final class Consumers {
  private static final System.Logger LOG = System.getLogger(Consumers.class.getName());
  private static final String COLLECTION = "barbican_consumers";
  private static final String SERVICE = "Octavia";
  // From this version on secrets have consumers, too.
  private static final String VERSION = "OpenStack-API-Version";
  private static final String SECRETS_HAVE_CONSUMERS = "key-manager 1.1";

  private final ServiceClient barbican;
  private final Documents documents;
  private final ReentrantLock settling = new ReentrantLock();
  // Guarded by itself.
  private final Map<LoadBalancerId, Use> uses = new HashMap<>();

  Consumers(ServiceClient barbican, Documents documents) {
    this.barbican = barbican;
    this.documents = documents;
    documents
        .load(COLLECTION)
        .forEach((id, body) -> uses.put(new LoadBalancerId(UUID.fromString(id)), Use.of(body)));
  }

  /// @param wanted references that a load balancer uses
  /// @param registered references whose consumer it may be by now
  private record Use(Set<String> wanted, Set<String> registered) {
    static Use of(JsonNode body) {
      return new Use(texts(body.path("wanted")), texts(body.path("registered")));
    }

    private static Set<String> texts(JsonNode list) {
      return list.valueStream()
          .map(it -> it.asString(""))
          .collect(Collectors.toCollection(TreeSet::new));
    }

    boolean settled() {
      return wanted.equals(registered);
    }

    ObjectNode json() {
      ObjectNode body = Json.object();
      wanted.stream().sorted().forEach(body.putArray("wanted")::add);
      registered.stream().sorted().forEach(body.putArray("registered")::add);
      return body;
    }
  }

  /// @param references all that the load balancer uses now
  void use(LoadBalancerId id, Set<String> references) {
    synchronized (uses) {
      Use old = uses.getOrDefault(id, new Use(Set.of(), Set.of()));
      keep(id, new Use(Set.copyOf(references), old.registered()));
    }
    settle();
  }

  private void keep(LoadBalancerId id, Use use) {
    synchronized (uses) {
      if (use.wanted().isEmpty() && use.registered().isEmpty()) {
        if (uses.remove(id) != null) {
          documents.commit(new Documents.Batch().remove(COLLECTION, id.toString()));
        }
      } else if (!use.equals(uses.put(id, use))) {
        documents.commit(new Documents.Batch().put(COLLECTION, id.toString(), use.json()));
      }
    }
  }

  /// One at a time is enough: whoever is at it does the others' as well, next time at the latest.
  private void settle() {
    if (!settling.tryLock()) {
      return;
    }
    try {
      for (LoadBalancerId id : unsettled()) {
        settle(id);
      }
    } catch (ServiceUnavailableException e) {
      LOG.log(
          WARNING,
          "consumers of secrets are registered later: {0}",
          String.valueOf(e.getMessage()));
    } finally {
      settling.unlock();
    }
  }

  private Set<LoadBalancerId> unsettled() {
    synchronized (uses) {
      return uses.entrySet().stream()
          .filter(it -> !it.getValue().settled())
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }
  }

  private Use current(LoadBalancerId id) {
    synchronized (uses) {
      return uses.getOrDefault(id, new Use(Set.of(), Set.of()));
    }
  }

  private void settle(LoadBalancerId id) {
    Use use = current(id);
    for (String reference : use.wanted()) {
      if (!use.registered().contains(reference)) {
        tell("POST", id, reference);
        registered(id, reference, true);
      }
    }
    for (String reference : use.registered()) {
      if (!use.wanted().contains(reference)) {
        tell("DELETE", id, reference);
        registered(id, reference, false);
      }
    }
  }

  private void registered(LoadBalancerId id, String reference, boolean yes) {
    synchronized (uses) {
      Use now = current(id);
      Set<String> all = new LinkedHashSet<>(now.registered());
      if (yes) {
        all.add(reference);
      } else {
        all.remove(reference);
      }
      keep(id, new Use(now.wanted(), Set.copyOf(all)));
    }
  }

  /// A refusal is no reason to try for ever: an old Barbican knows no consumers of secrets, and
  /// what is gone has none.
  private void tell(String method, LoadBalancerId id, String text) {
    Reference.of(text)
        .ifPresent(
            reference -> {
              Answer answer = barbican.asService(question(method, id, reference));
              if (!answer.ok() && answer.status() != 404) {
                LOG.log(
                    WARNING, "Barbican: {0} consumer of {1}: {2}", method, reference.key(), answer);
              }
            });
  }

  private static Question question(String method, LoadBalancerId id, Reference reference) {
    String path = reference.path() + "/consumers";
    return switch (reference.kind()) {
      case SECRET ->
          Question.of(
                  method,
                  path,
                  Json.object()
                      .put("service", SERVICE)
                      .put("resource_type", "loadbalancers")
                      .put("resource_id", id.toString()))
              .with(VERSION, SECRETS_HAVE_CONSUMERS);
      case CONTAINER ->
          Question.of(
              method,
              path,
              Json.object().put("name", SERVICE).put("URL", "lb://loadbalancers/" + id));
    };
  }
}
