package agrippa.cloud.network;

import agrippa.cloud.Documents;
import agrippa.web.Json;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Keeps the network state: reads see a snapshot and never wait, changes come one after the other
/// and are in the database before anybody sees them.
final class NetworkRecords {
  /// The collection of the document that says that the first start is over.
  private static final String MARKS = "network";

  /// Where documents keep their rank in the order of creation.
  private static final String POSITION = "agrippa:position";

  private final Documents documents;
  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final Consumer<Transition> listener;
  // Held while a change is made up and stored.
  private final ReentrantLock turn = new ReentrantLock();
  // Guarded by `turn`.
  private final Map<UUID, Long> positions = new HashMap<>();
  // Guarded by `turn`; grows, and is never given twice.
  private long lastPosition;
  // Written by whoever holds `turn`, read by anybody.
  private volatile NetworkState state;

  /// Loads what is stored. The first start fills in what is there from the beginning.
  ///
  /// @param listener told of each change after it happened, on the thread that made it
  /// @param first makes up what is there from the beginning
  NetworkRecords(
      Documents documents,
      InstantSource clock,
      Supplier<UUID> ids,
      Consumer<Transition> listener,
      Consumer<Draft> first) {
    this.documents = documents;
    this.clock = clock;
    this.ids = ids;
    this.listener = listener;
    this.state =
        NetworkState.of(
            Stream.of(Kind.values())
                .flatMap(kind -> load(kind).map(it -> Resource.of(kind, it)))
                .toList());
    if (documents.load(MARKS).isEmpty()) {
      Draft draft = new Draft(state, clock, ids);
      first.accept(draft);
      documents.commit(batch(draft.steps()).put(MARKS, "started", Json.object()));
      state = draft.state();
    }
  }

  private Stream<JsonNode> load(Kind kind) {
    List<JsonNode> stored =
        documents.load(collection(kind)).values().stream()
            .sorted((a, b) -> Long.compare(position(a), position(b)))
            .toList();
    for (JsonNode it : stored) {
      positions.put(Resource.uuid(it, "id"), position(it));
      lastPosition = Math.max(lastPosition, position(it));
    }
    return stored.stream();
  }

  private static long position(JsonNode document) {
    return document.path(POSITION).longValue();
  }

  private static String collection(Kind kind) {
    return MARKS + "." + kind.singular();
  }

  /// A change that happened.
  record Transition(NetworkState before, NetworkState after) {}

  NetworkState state() {
    return state;
  }

  /// Makes a change up and stores it. What `change` throws is thrown on, and nothing is changed.
  <T> T change(Function<Draft, T> change) {
    NetworkState before;
    Draft draft;
    T result;
    turn.lock();
    try {
      before = state;
      draft = new Draft(before, clock, ids);
      result = change.apply(draft);
      documents.commit(batch(draft.steps()));
      state = draft.state();
    } finally {
      turn.unlock();
    }
    if (!draft.steps().isEmpty()) {
      listener.accept(new Transition(before, draft.state()));
    }
    return result;
  }

  private Documents.Batch batch(List<Draft.Step> steps) {
    Documents.Batch batch = new Documents.Batch();
    for (Draft.Step step : steps) {
      switch (step) {
        case Draft.Step.Put(Resource it) ->
            batch.put(collection(it.kind()), it.id().toString(), document(it));
        case Draft.Step.Remove(Resource it) -> {
          positions.remove(it.id());
          batch.remove(collection(it.kind()), it.id().toString());
        }
      }
    }
    return batch;
  }

  /// What is there already keeps its position.
  private ObjectNode document(Resource it) {
    return it.json().put(POSITION, positions.computeIfAbsent(it.id(), any -> ++lastPosition));
  }
}
