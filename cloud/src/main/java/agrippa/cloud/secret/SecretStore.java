package agrippa.cloud.secret;

import agrippa.cloud.Documents;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;

/// All secrets and containers: read from memory, written through to the database. Payloads are
/// encrypted in both.
final class SecretStore {
  private static final String SECRETS = "secret.secrets";
  private static final String CONTAINERS = "secret.containers";

  private final Documents documents;
  private final Cipherer cipherer;
  private final ConcurrentMap<String, Secret> secrets = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Container> containers = new ConcurrentHashMap<>();

  /// @param keyFile what payloads are encrypted with; made if there are none yet
  /// @throws IllegalStateException if the key is not the one that they were encrypted with
  SecretStore(Documents documents, Path keyFile, SecureRandom random) {
    this.documents = documents;
    documents.load(SECRETS).forEach((id, body) -> secrets.put(id, Secret.of(id, body)));
    Optional<Secret> any = secrets.values().stream().filter(Secret::hasPayload).findAny();
    this.cipherer = Cipherer.of(keyFile, any.isPresent(), random);
    any.ifPresent(this::payload);
    documents.load(CONTAINERS).forEach((id, body) -> containers.put(id, Container.of(id, body)));
  }

  Optional<Secret> secret(String id) {
    return Optional.ofNullable(secrets.get(id));
  }

  Optional<Container> container(String id) {
    return Optional.ofNullable(containers.get(id));
  }

  /// Oldest first.
  List<Secret> secrets() {
    return secrets.values().stream()
        .sorted(Comparator.comparing((Secret it) -> it.owned().created()).thenComparing(Secret::id))
        .toList();
  }

  /// Oldest first.
  List<Container> containers() {
    return containers.values().stream()
        .sorted(
            Comparator.comparing((Container it) -> it.owned().created())
                .thenComparing(Container::id))
        .toList();
  }

  byte[] payload(Secret secret) {
    return secret.hasPayload() ? cipherer.decrypt(secret.id(), secret.encrypted()) : new byte[0];
  }

  byte[] encrypt(String id, byte[] payload) {
    return cipherer.encrypt(id, payload);
  }

  synchronized void put(Secret secret) {
    documents.commit(new Documents.Batch().put(SECRETS, secret.id(), secret.json()));
    secrets.put(secret.id(), secret);
  }

  synchronized void put(Container container) {
    documents.commit(new Documents.Batch().put(CONTAINERS, container.id(), container.json()));
    containers.put(container.id(), container);
  }

  /// Changes what is there now, so that no concurrent change is lost.
  synchronized Secret changeSecret(String id, UnaryOperator<Secret> change) {
    Secret next = change.apply(secret(id).orElseThrow(() -> Refused.notFound("Secret")));
    put(next);
    return next;
  }

  /// Changes what is there now, so that no concurrent change is lost.
  synchronized Container changeContainer(String id, UnaryOperator<Container> change) {
    Container next = change.apply(container(id).orElseThrow(() -> Refused.notFound("Container")));
    put(next);
    return next;
  }

  synchronized void removeSecret(String id) {
    documents.commit(new Documents.Batch().remove(SECRETS, id));
    secrets.remove(id);
  }

  synchronized void removeContainer(String id) {
    documents.commit(new Documents.Batch().remove(CONTAINERS, id));
    containers.remove(id);
  }
}
