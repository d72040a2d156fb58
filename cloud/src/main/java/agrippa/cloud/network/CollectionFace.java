package agrippa.cloud.network;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What every collection answers: list, show, create, update, delete, and the tags of its members.
final class CollectionFace<R extends Resource> {
  /// Most tags of one resource.
  private static final int MOST_TAGS = 50;

  private static final int LONGEST_TAG = 255;

  private final Collection<R> collection;
  private final NetworkRecords records;
  private final Kind kind;

  CollectionFace(Collection<R> collection, NetworkRecords records) {
    this.collection = collection;
    this.records = records;
    this.kind = collection.kind();
  }

  Kind kind() {
    return kind;
  }

  Reply list(Caller caller, Request request) {
    ProjectId project = caller.project();
    if (kind == Kind.SECURITY_GROUP
        && project != null
        && SecurityGroupCollection.defaultGroup(records.state(), project).isEmpty()) {
      records.change(draft -> SecurityGroupCollection.ensureDefault(draft, project));
    }
    NetworkState state = records.state();
    return Listing.reply(
        request,
        kind,
        state
            .all(kind)
            .filter(it -> Access.sees(caller, state, it))
            .map(it -> collection.show(state, caller, typed(it))));
  }

  Reply show(Caller caller, Request request) {
    NetworkState state = records.state();
    R found = seen(caller, state, request);
    ObjectNode json = collection.show(state, caller, found);
    return Reply.json(200, wrapped(Listing.projected(json, Listing.fields(request))));
  }

  Reply create(Caller caller, Request request) {
    JsonNode body = body(request);
    if (body.path(kind.plural()).isArray()) {
      return createAll(caller, (ArrayNode) body.path(kind.plural()));
    }
    ObjectNode one = resource(body);
    ObjectNode shown =
        records.change(
            draft -> {
              R created = collection.create(draft, caller, new Form(one, true));
              return collection.show(draft.state(), caller, created);
            });
    return Reply.json(201, wrapped(shown));
  }

  /// All or none.
  private Reply createAll(Caller caller, ArrayNode many) {
    ArrayNode shown =
        records.change(
            draft -> {
              List<R> created = new ArrayList<>();
              for (JsonNode it : many) {
                if (!(it instanceof ObjectNode one)) {
                  throw Fault.badRequest("Resource body required");
                }
                created.add(collection.create(draft, caller, new Form(one, true)));
              }
              ArrayNode all = Json.array();
              created.forEach(it -> all.add(collection.show(draft.state(), caller, it)));
              return all;
            });
    ObjectNode body = Json.object();
    body.set(kind.plural(), shown);
    return Reply.json(201, body);
  }

  Reply update(Caller caller, Request request) {
    ObjectNode one = resource(body(request));
    ObjectNode shown =
        records.change(
            draft -> {
              R before = changeable(caller, draft.state(), request, "update_");
              R after = collection.update(draft, caller, before, new Form(one, false));
              return collection.show(draft.state(), caller, after);
            });
    return Reply.json(200, wrapped(shown));
  }

  /// What is done to one besides changing its attributes.
  interface Action<R> {
    ObjectNode apply(Draft draft, R before, ObjectNode body);
  }

  /// Does something to one that the caller may change, and answers what comes of it.
  Reply act(Caller caller, Request request, Action<R> action) {
    if (!(body(request) instanceof ObjectNode body)) {
      throw Fault.badRequest("Resource body required");
    }
    return Reply.json(
        200,
        records.change(
            draft ->
                action.apply(draft, changeable(caller, draft.state(), request, "update_"), body)));
  }

  Reply delete(Caller caller, Request request) {
    records.change(
        draft -> {
          R found = changeable(caller, draft.state(), request, "delete_");
          collection.delete(draft, caller, found);
          return found;
        });
    return Reply.empty(204);
  }

  // Tags.

  Reply tags(Caller caller, Request request) {
    return Reply.json(200, tags(seen(caller, records.state(), request)));
  }

  Reply replaceTags(Caller caller, Request request) {
    JsonNode tags = body(request).path("tags");
    if (!tags.isArray()) {
      throw Fault.invalid("tags", "'" + tags.asString("None") + "' is not a list.");
    }
    List<String> next =
        StreamSupport.stream(tags.spliterator(), false)
            .map(it -> checkedTag(it.isString() ? it.stringValue() : ""))
            .distinct()
            .toList();
    return Reply.json(200, tags(retagged(caller, request, before -> next)));
  }

  Reply removeTags(Caller caller, Request request) {
    retagged(caller, request, before -> List.of());
    return Reply.empty(204);
  }

  Reply hasTag(Caller caller, Request request) {
    mustHave(seen(caller, records.state(), request).meta().tags(), request.parameter("tag"));
    return Reply.empty(204);
  }

  Reply addTag(Caller caller, Request request) {
    String tag = checkedTag(request.parameter("tag"));
    retagged(
        caller,
        request,
        before -> {
          List<String> next = new ArrayList<>(before);
          if (!next.contains(tag)) {
            next.add(tag);
          }
          return next;
        });
    return Reply.empty(201);
  }

  Reply removeTag(Caller caller, Request request) {
    String tag = request.parameter("tag");
    retagged(
        caller,
        request,
        before -> {
          mustHave(before, tag);
          return before.stream().filter(it -> !it.equals(tag)).toList();
        });
    return Reply.empty(204);
  }

  private R retagged(Caller caller, Request request, UnaryOperator<List<String>> change) {
    return records.change(
        draft -> {
          R before = changeable(caller, draft.state(), request, "update_");
          List<String> next = change.apply(before.meta().tags());
          if (next.size() > MOST_TAGS) {
            throw Fault.badRequest(
                "The number of tags exceed the per-resource limit of " + MOST_TAGS);
          }
          return draft.change(typed(before.with(before.meta().tagged(next))));
        });
  }

  private static String checkedTag(String tag) {
    if (tag.isEmpty() || tag.length() > LONGEST_TAG) {
      throw Fault.invalid("tags", "'" + tag + "' is not 1 to " + LONGEST_TAG + " characters long.");
    }
    return tag;
  }

  private static void mustHave(List<String> tags, String tag) {
    if (!tags.contains(tag)) {
      throw Fault.notFound("TagNotFound", "Tag " + tag + " could not be found.");
    }
  }

  private static ObjectNode tags(Resource it) {
    ObjectNode body = Json.object();
    ArrayNode tags = body.putArray("tags");
    it.meta().tags().forEach(tags::add);
    return body;
  }

  // What requests are about.

  private R seen(Caller caller, NetworkState state, Request request) {
    String id = request.parameter("id");
    return Form.uuid(id)
        .flatMap(it -> state.find(kind, it))
        .filter(it -> Access.sees(caller, state, it))
        .map(this::typed)
        .orElseThrow(() -> Fault.notFound(kind, id));
  }

  private R changeable(Caller caller, NetworkState state, Request request, String verb) {
    R found = seen(caller, state, request);
    if (!Access.changes(caller, state, found)) {
      throw Fault.forbidden(verb + kind.singular());
    }
    return found;
  }

  @SuppressWarnings("unchecked") // A collection's kind says what class its members have.
  private R typed(Resource it) {
    return (R) it;
  }

  private static JsonNode body(Request request) {
    return Json.parse(request.body())
        .filter(JsonNode::isObject)
        .orElseThrow(() -> Fault.badRequest("Resource body required"));
  }

  private ObjectNode resource(JsonNode body) {
    if (body.get(kind.singular()) instanceof ObjectNode one) {
      return one;
    }
    throw Fault.badRequest("Unable to find '" + kind.singular() + "' in request body");
  }

  private ObjectNode wrapped(ObjectNode resource) {
    ObjectNode body = Json.object();
    body.set(kind.singular(), resource);
    return body;
  }
}
