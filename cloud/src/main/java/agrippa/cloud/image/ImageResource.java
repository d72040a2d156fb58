package agrippa.cloud.image;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What may be done to images.
final class ImageResource {
  private static final int MOST_PER_PROJECT = 1_000;
  private static final int LONGEST_TAG = 255;

  private final ImageStore store;
  private final InstantSource clock;
  private final Supplier<UUID> ids;

  ImageResource(ImageStore store, InstantSource clock, Supplier<UUID> ids) {
    this.store = store;
    this.clock = clock;
    this.ids = ids;
  }

  Reply list(Caller caller, Request request) {
    return ImageListing.reply(request, caller, store.list());
  }

  Reply create(Caller caller, Request request) {
    ObjectNode body =
        Json.parse(request.body())
            .filter(JsonNode::isObject)
            .map(ObjectNode.class::cast)
            .orElseThrow(() -> Refused.bad("Malformed JSON in request body."));
    Instant now = clock.instant();
    Image empty =
        new Image(
            body.has("id") ? ImagePatch.id(body.get("id")) : ids.get(),
            owner(caller, body),
            Image.Status.QUEUED,
            Image.Basics.NONE,
            null,
            List.of(),
            Map.of(),
            now,
            now);
    Image image = ImagePatch.created(body, empty);
    checkPublic(caller, empty, image);
    long count = store.list().stream().filter(it -> it.owner().equals(image.owner())).count();
    if (count >= MOST_PER_PROJECT) {
      throw Refused.tooLarge("The project has too many images already.");
    }
    if (!store.add(image)) {
      throw Refused.conflict("Image ID " + image.id() + " already exists!");
    }
    return Reply.json(201, image.shown())
        .with("Location", request.baseUrl() + "/v2/images/" + image.id());
  }

  private static ProjectId owner(Caller caller, ObjectNode body) {
    ProjectId own = caller.project();
    String wanted = body.path("owner").asString(own == null ? "" : own.value());
    if (wanted.isEmpty() || wanted.length() > LONGEST_TAG) {
      throw Refused.forbidden("You are not permitted to create images without an owner.");
    }
    ProjectId owner = new ProjectId(wanted);
    if (!caller.mayUse(owner)) {
      throw Refused.forbidden("You are not permitted to create images owned by '" + wanted + "'.");
    }
    return owner;
  }

  private static void checkPublic(Caller caller, Image before, Image after) {
    boolean becomes =
        after.basics().visibility().equals("public")
            && !before.basics().visibility().equals("public");
    if (becomes && !caller.admin()) {
      throw Refused.forbidden("You are not authorized to complete publicize_image action.");
    }
  }

  private Image visible(Caller caller, Request request) {
    String id = request.parameter("id");
    return uuid(id)
        .flatMap(store::image)
        .filter(it -> it.visibleTo(caller))
        .orElseThrow(() -> Refused.noImage(id));
  }

  private static java.util.Optional<UUID> uuid(String text) {
    return text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
        ? java.util.Optional.of(UUID.fromString(text))
        : java.util.Optional.empty();
  }

  private Image mine(Caller caller, Request request, String action) {
    Image image = visible(caller, request);
    if (!caller.mayUse(image.owner())) {
      throw Refused.forbidden("You are not permitted to " + action + " this image.");
    }
    return image;
  }

  Reply show(Caller caller, Request request) {
    return Reply.json(200, visible(caller, request).shown());
  }

  Reply change(Caller caller, Request request) {
    String type = request.header("content-type").orElse("");
    if (!type.startsWith("application/openstack-images-v2.")) {
      throw Refused.mediaType(
          "Unsupported Media Type: application/openstack-images-v2.1-json-patch is expected");
    }
    JsonNode steps =
        Json.parse(request.body())
            .orElseThrow(() -> Refused.bad("Malformed JSON in request body."));
    Image image =
        store.change(
            mine(caller, request, "modify").id(),
            it -> {
              Image next = ImagePatch.changed(it, steps, clock.instant());
              checkPublic(caller, it, next);
              return next;
            });
    return Reply.json(200, image.shown());
  }

  Reply delete(Caller caller, Request request) {
    Image image = mine(caller, request, "delete");
    if (image.basics().guarded()) {
      throw Refused.forbidden("Image " + image.id() + " is protected and cannot be deleted.");
    }
    store.remove(image.id());
    return Reply.empty(204);
  }

  Reply upload(Caller caller, Request request) {
    String type = request.header("content-type").orElse("");
    if (!type.equals("application/octet-stream")) {
      throw Refused.mediaType("Content-Type must be application/octet-stream");
    }
    Image image = mine(caller, request, "upload to");
    if (image.basics().containerFormat() == null || image.basics().diskFormat() == null) {
      throw Refused.bad(
          "Properties disk_format, container_format must be set prior to saving data.");
    }
    try {
      store.upload(image.id(), request.content());
    } catch (UncheckedIOException e) {
      throw Refused.bad("The content of image " + image.id() + " ended too early.");
    }
    return Reply.empty(204);
  }

  Reply download(Caller caller, Request request) {
    Image image = visible(caller, request);
    Image.Content content = image.content();
    return content == null
        ? Reply.empty(204)
        : Reply.file(200, "application/octet-stream", store.file(image.id()))
            .with("Content-Md5", content.checksum());
  }

  Reply addTag(Caller caller, Request request) {
    String tag = request.parameter("tag");
    if (tag.length() > LONGEST_TAG) {
      throw Refused.bad("Provided object does not match schema 'image': the tag is too long");
    }
    store.change(
        mine(caller, request, "modify").id(),
        it -> {
          List<String> tags = new ArrayList<>(it.tags());
          if (!tags.contains(tag)) {
            tags.add(tag);
          }
          ImagePatch.checkCount(tags);
          return it.with(it.basics(), tags, it.properties(), clock.instant());
        });
    return Reply.empty(204);
  }

  Reply removeTag(Caller caller, Request request) {
    String tag = request.parameter("tag");
    store.change(
        mine(caller, request, "modify").id(),
        it -> {
          if (!it.tags().contains(tag)) {
            throw Refused.notFound("Tag " + tag + " could not be found");
          }
          List<String> tags = it.tags().stream().filter(each -> !each.equals(tag)).toList();
          return it.with(it.basics(), tags, it.properties(), clock.instant());
        });
    return Reply.empty(204);
  }

  /// Nobody can share an image with single projects.
  Reply members(Caller caller, Request request) {
    visible(caller, request);
    ObjectNode body = Json.object();
    body.putArray("members");
    return Reply.json(200, body.put("schema", "/v2/schemas/members"));
  }
}
