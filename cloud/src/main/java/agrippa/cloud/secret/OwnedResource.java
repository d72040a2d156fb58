package agrippa.cloud.secret;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What secrets and containers answer alike: access lists and consumers.
abstract class OwnedResource {
  private final String what;
  private final List<String> consumerKeys;
  final InstantSource clock;

  /// @param what such as `Secret`
  /// @param consumerKeys attributes of a consumer, all mandatory
  OwnedResource(String what, List<String> consumerKeys, InstantSource clock) {
    this.what = what;
    this.consumerKeys = consumerKeys;
    this.clock = clock;
  }

  /// @throws Refused if there is none of this id
  abstract Owned owned(String id);

  abstract void change(String id, UnaryOperator<Owned> change);

  abstract String reference(String id);

  /// What is answered after a consumer came or went.
  abstract Reply shown(String id, Request request);

  final Owned visible(Caller caller, Request request) {
    return allowed(request, it -> it.visibleTo(caller));
  }

  final Owned readable(Caller caller, Request request) {
    return allowed(request, it -> it.readableBy(caller));
  }

  final Owned writable(Caller caller, Request request) {
    return allowed(request, it -> it.writableBy(caller));
  }

  private Owned sharable(Caller caller, Request request) {
    return allowed(request, it -> it.sharableBy(caller));
  }

  private Owned allowed(Request request, Predicate<Owned> rule) {
    Owned owned = owned(request.parameter("id"));
    if (!rule.test(owned)) {
      throw Refused.forbidden(what);
    }
    return owned;
  }

  /// The project in which a caller may make something.
  final ProjectId workplace(Caller caller) {
    ProjectId project = caller.project();
    if (project == null || !Owned.worker(caller)) {
      throw Refused.forbidden(what);
    }
    return project;
  }

  final Reply acl(Caller caller, Request request) {
    return Reply.json(200, visible(caller, request).acl().json());
  }

  final Reply changeAcl(Caller caller, Request request) {
    String id = sharable(caller, request).id();
    JsonNode body = body(request);
    // A PUT replaces, a PATCH adds to what is there.
    change(
        id,
        it ->
            it.with(
                (request.method().equals("PUT") ? Acl.STANDARD : it.acl()).with(body),
                clock.instant()));
    return Reply.json(200, Json.object().put("acl_ref", reference(id) + "/acl"));
  }

  final Reply resetAcl(Caller caller, Request request) {
    String id = sharable(caller, request).id();
    change(id, it -> it.with(Acl.STANDARD, clock.instant()));
    return Reply.empty(200);
  }

  final Reply consumers(Caller caller, Request request) {
    return Lists.page(request, "consumers", visible(caller, request).consumers(), it -> it);
  }

  final Reply addConsumer(Caller caller, Request request) {
    String id = readable(caller, request).id();
    ObjectNode consumer = consumer(request);
    change(id, it -> it.withConsumer(consumer));
    return shown(id, request);
  }

  final Reply removeConsumer(Caller caller, Request request) {
    Owned owned = readable(caller, request);
    ObjectNode consumer = consumer(request);
    if (!owned.consumers().contains(consumer)) {
      throw Refused.notFound("Consumer");
    }
    change(owned.id(), it -> it.withoutConsumer(consumer));
    return shown(owned.id(), request);
  }

  private ObjectNode consumer(Request request) {
    JsonNode body = body(request);
    ObjectNode consumer = Json.object();
    for (String key : consumerKeys) {
      String value = body.path(key).asString("");
      if (value.isBlank() || value.length() > 255) {
        throw Refused.bad(
            "Provided object does not match schema 'Consumer': '" + key + "' is required");
      }
      consumer.put(key, value);
    }
    return consumer;
  }

  /// @throws Refused if the body is no JSON object
  static ObjectNode body(Request request) {
    return Json.parse(request.body())
        .filter(JsonNode::isObject)
        .orElseThrow(() -> Refused.bad("Unable to parse the request body as a JSON object."))
        .asObject();
  }
}
