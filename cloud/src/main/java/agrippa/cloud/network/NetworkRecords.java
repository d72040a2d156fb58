package agrippa.cloud.network;

import agrippa.cloud.Documents;
import agrippa.web.Json;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Keeps the network state: reads see a snapshot and never wait, changes come one after the other
/// and are in the database before anybody sees them. The database waits for the disk; changes that
/// come meanwhile share the next wait. A thread that finds its change undone makes all that are
/// waiting.
final class NetworkRecords {
  /// The collection of the document that says that the first start is over.
  private static final String MARKS = "network";

  private static final int MOST_AT_ONCE = 256;

  /// Where documents keep their rank in the order of creation.
  private static final String POSITION = "agrippa:position";

  private final Documents documents;
  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final Consumer<Transition> listener;
  private final ConcurrentLinkedQueue<Asked<?>> waiting = new ConcurrentLinkedQueue<>();
  // Held while changes are made up and stored.
  private final ReentrantLock turn = new ReentrantLock();
  // Guarded by `turn`.
  private final Map<UUID, Long> positions = new HashMap<>();
  // Guarded by `turn`; grows, and is never given twice.
  private long lastPosition;
  // Written by whoever holds `turn`, read by anybody.
  private volatile NetworkState state;

  /// Loads what is stored. The first start fills in what is there from the beginning.
  ///
  /// @param space which addresses exclude each other
  /// @param listener told of each change after it happened, on the thread that made it
  /// @param first makes up what is there from the beginning
  NetworkRecords(
      Documents documents,
      AddressSpace space,
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
            space,
            Stream.of(Kind.values())
                .flatMap(kind -> load(kind).map(it -> Resource.of(kind, it)))
                .toList());
    if (documents.load(MARKS).isEmpty()) {
      Draft draft = new Draft(state, clock, ids);
      first.accept(draft);
      documents.commit(
          add(draft.steps(), new Documents.Batch()).put(MARKS, "started", Json.object()));
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
  ///
  /// @param change may run on another thread
  <T> T change(Function<Draft, T> change) {
    Asked<T> asked = new Asked<>(change);
    waiting.add(asked);
    turn.lock();
    try {
      while (!asked.finished) {
        changeWaiting();
      }
    } finally {
      turn.unlock();
    }
    Made<T> made = asked.made();
    if (!made.draft.steps().isEmpty()) {
      listener.accept(new Transition(made.before, made.draft.state()));
    }
    return made.result;
  }

  private void changeWaiting() {
    List<Asked<?>> group = new ArrayList<>();
    for (Asked<?> it = waiting.poll(); it != null; it = waiting.poll()) {
      group.add(it);
      if (group.size() == MOST_AT_ONCE) {
        break;
      }
    }
    try {
      Documents.Batch batch = new Documents.Batch();
      NetworkState next = state;
      for (Asked<?> it : group) {
        next = it.make(new Draft(next, clock, ids));
        add(it.steps(), batch);
      }
      documents.commit(batch);
      state = next;
    } catch (RuntimeException | Error e) {
      group.forEach(it -> it.fail(e));
    } finally {
      group.forEach(it -> it.finished = true);
    }
  }

  /// A change that somebody waits for. Its fields are guarded by the turn until it is finished.
  private static final class Asked<T> {
    private final Function<Draft, T> change;
    private boolean finished;
    private @Nullable Made<T> made;
    private @Nullable Throwable failure;

    Asked(Function<Draft, T> change) {
      this.change = change;
    }

    /// @return the state with the change, or the draft's own if there can be none
    NetworkState make(Draft draft) {
      NetworkState before = draft.state();
      try {
        made = new Made<>(before, draft, change.apply(draft));
        return draft.state();
      } catch (RuntimeException | Error e) {
        failure = e;
        return before;
      }
    }

    List<Draft.Step> steps() {
      return made == null ? List.of() : made.draft.steps();
    }

    /// Unless it failed by itself.
    void fail(Throwable storing) {
      failure = failure == null ? storing : failure;
    }

    Made<T> made() {
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
      return Objects.requireNonNull(made);
    }
  }

  private record Made<T>(NetworkState before, Draft draft, T result) {}

  private Documents.Batch add(List<Draft.Step> steps, Documents.Batch batch) {
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
