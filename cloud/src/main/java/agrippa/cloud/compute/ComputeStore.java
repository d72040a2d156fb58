package agrippa.cloud.compute;

import agrippa.cloud.Documents;
import agrippa.web.Json;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;

/// All servers, flavors and key pairs: read from memory, written through to the database.
final class ComputeStore {
  private static final String MARKS = "compute";
  private static final String SERVERS = "compute.servers";
  private static final String FLAVORS = "compute.flavors";
  private static final String KEY_PAIRS = "compute.keypairs";

  /// DevStack's, which every example names.
  private static final List<Flavor> FIRST_FLAVORS =
      List.of(
          Flavor.of("1", "m1.tiny", 512, 1, 1),
          Flavor.of("2", "m1.small", 2_048, 1, 20),
          Flavor.of("3", "m1.medium", 4_096, 2, 40),
          Flavor.of("4", "m1.large", 8_192, 4, 80),
          Flavor.of("5", "m1.xlarge", 16_384, 8, 160),
          Flavor.of("42", "m1.nano", 128, 1, 1),
          Flavor.of("84", "m1.micro", 192, 1, 1),
          Flavor.of("c1", "cirros256", 256, 1, 1),
          Flavor.of("d1", "ds512M", 512, 1, 5),
          Flavor.of("d2", "ds1G", 1_024, 1, 10),
          Flavor.of("d3", "ds2G", 2_048, 2, 10),
          Flavor.of("d4", "ds4G", 4_096, 4, 20));

  private final Documents documents;
  private final ConcurrentMap<UUID, Server> servers = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Flavor> flavors = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, KeyPair> keyPairs = new ConcurrentHashMap<>();

  ComputeStore(Documents documents) {
    this.documents = documents;
    if (documents.load(MARKS).isEmpty()) {
      Documents.Batch batch = new Documents.Batch().put(MARKS, "started", Json.object());
      FIRST_FLAVORS.forEach(it -> batch.put(FLAVORS, key(it.id()), it.json()));
      documents.commit(batch);
    }
    documents.load(SERVERS).values().stream()
        .map(Server::of)
        .forEach(it -> servers.put(it.id(), it));
    documents.load(FLAVORS).values().stream()
        .map(Flavor::of)
        .forEach(it -> flavors.put(it.id(), it));
    documents.load(KEY_PAIRS).values().stream()
        .map(KeyPair::of)
        .forEach(it -> keyPairs.put(key(it.user(), it.name()), it));
  }

  /// Ids and names of users' own, as documents can be named.
  private static String key(String... parts) {
    return HexFormat.of().formatHex(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
  }

  // Servers.

  Optional<Server> server(UUID id) {
    return Optional.ofNullable(servers.get(id));
  }

  /// Newest first, as Nova lists them.
  List<Server> servers() {
    return servers.values().stream()
        .sorted(Comparator.comparing(Server::created).thenComparing(Server::id).reversed())
        .toList();
  }

  synchronized void put(Server server) {
    documents.commit(new Documents.Batch().put(SERVERS, server.id().toString(), server.json()));
    servers.put(server.id(), server);
  }

  /// Changes what is there now, so that no concurrent change is lost; nothing if it is gone.
  synchronized Optional<Server> change(UUID id, UnaryOperator<Server> change) {
    Optional<Server> next = server(id).map(change);
    next.filter(it -> !it.equals(servers.get(id))).ifPresent(this::put);
    return next;
  }

  synchronized void remove(UUID server) {
    documents.commit(new Documents.Batch().remove(SERVERS, server.toString()));
    servers.remove(server);
  }

  // Flavors.

  /// By id, or as older clients ask, by name.
  Optional<Flavor> flavor(String id) {
    return Optional.ofNullable(flavors.get(id));
  }

  /// As Nova lists them: by the order of ids.
  List<Flavor> flavors() {
    return flavors.values().stream().sorted(Comparator.comparing(Flavor::id)).toList();
  }

  synchronized void put(Flavor flavor) {
    documents.commit(new Documents.Batch().put(FLAVORS, key(flavor.id()), flavor.json()));
    flavors.put(flavor.id(), flavor);
  }

  synchronized void removeFlavor(String id) {
    documents.commit(new Documents.Batch().remove(FLAVORS, key(id)));
    flavors.remove(id);
  }

  // Key pairs.

  Optional<KeyPair> keyPair(String user, String name) {
    return Optional.ofNullable(keyPairs.get(key(user, name)));
  }

  List<KeyPair> keyPairs(String user) {
    return keyPairs.values().stream()
        .filter(it -> it.user().equals(user))
        .sorted(Comparator.comparing(KeyPair::name))
        .toList();
  }

  /// @return whether there was none of that name
  synchronized boolean add(KeyPair it) {
    String key = key(it.user(), it.name());
    if (keyPairs.containsKey(key)) {
      return false;
    }
    documents.commit(new Documents.Batch().put(KEY_PAIRS, shorter(key), it.json()));
    keyPairs.put(key, it);
    return true;
  }

  synchronized void remove(KeyPair it) {
    String key = key(it.user(), it.name());
    documents.commit(new Documents.Batch().remove(KEY_PAIRS, shorter(key)));
    keyPairs.remove(key);
  }

  /// A document's id has at most 255 characters, a user's id and the name of a key pair have more.
  private static String shorter(String key) {
    try {
      return HexFormat.of()
          .formatHex(
              java.security.MessageDigest.getInstance("SHA-256")
                  .digest(key.getBytes(StandardCharsets.US_ASCII)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
