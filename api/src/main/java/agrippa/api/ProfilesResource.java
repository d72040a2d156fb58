package agrippa.api;

import agrippa.api.wire.BadRequest;
import agrippa.api.wire.ProfileJson;
import agrippa.control.CatalogEditor;
import agrippa.control.CatalogEditor.Written;
import agrippa.control.Kind;
import agrippa.control.Refusal;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.Profile;
import agrippa.model.ProfileId;
import agrippa.model.Shelf;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.List;
import java.util.Optional;

/// `/flavorprofiles` and `/availabilityzoneprofiles`; for admins only.
final class ProfilesResource {
  /// Octavia's database keeps it for itself.
  private static final String NIL = "00000000-0000-0000-0000-000000000000";

  private final Gateway gateway;
  private final Subject subject;
  private final Shelf shelf;
  private final CatalogEditor catalog;
  private final ProfileJson json;
  private final Listing<Profile> listing;

  ProfilesResource(Gateway gateway, Shelf shelf, CatalogEditor catalog) {
    this.gateway = gateway;
    this.subject =
        switch (shelf) {
          case FLAVORS -> Subject.FLAVOR_PROFILE;
          case AVAILABILITY_ZONES -> Subject.AVAILABILITY_ZONE_PROFILE;
        };
    this.shelf = shelf;
    this.catalog = catalog;
    this.json = ProfileJson.of(shelf);
    this.listing =
        new Listing<>(
            json.wrapper() + "s",
            json.wrapper() + "_links",
            json.shape(),
            it -> it.id().toString(),
            it -> List.of());
  }

  Described operations() {
    return switch (shelf) {
      case FLAVORS -> described("Flavor profiles", "a flavor profile");
      case AVAILABILITY_ZONES ->
          described("Availability zone profiles", "an availability zone profile");
    };
  }

  private Described described(String tag, String one) {
    return new Described(tag, one, json.wrapper(), listing, json.schema(), json.post(), json.put());
  }

  Reply list(Request request) {
    gateway.require(subject.to(Verb.GET_ALL));
    return listing.page(gateway.maxLimit(), request, catalog.profiles(shelf).stream());
  }

  Reply create(Request request) {
    Gateway.onlyArguments(request);
    CatalogEditor.NewProfile wanted = json.post().read(Gateway.body(request));
    gateway.require(subject.to(Verb.POST));
    return written(201, catalog.create(shelf, wanted));
  }

  Reply show(Request request) {
    gateway.require(subject.to(Verb.GET_ONE));
    Profile profile =
        id(request)
            .flatMap(it -> catalog.profile(shelf, it))
            .orElseThrow(() -> notFound(request, request.parameter("id").equals(NIL)));
    return Gateway.show(request, json.wrapper(), json.shape(), profile);
  }

  Reply update(Request request) {
    Gateway.onlyArguments(request);
    CatalogEditor.ProfileChange change = json.put().read(Gateway.body(request));
    gateway.require(subject.to(Verb.PUT));
    ProfileId id =
        id(request).orElseThrow(() -> notFound(request, request.parameter("id").equals(NIL)));
    return written(200, catalog.update(shelf, id, change));
  }

  Reply delete(Request request) {
    Gateway.onlyArguments(request);
    gateway.require(subject.to(Verb.DELETE));
    ProfileId id = id(request).orElseThrow(() -> notFound(request, true));
    Optional<Refusal> refusal = catalog.remove(shelf, id);
    if (refusal.isEmpty()) {
      return Reply.empty(204);
    }
    throw refusal.get() instanceof Refusal.NotFound
        ? notFound(request, true)
        : new RefusedException(refusal.get());
  }

  private static Optional<ProfileId> id(Request request) {
    return Gateway.id(request.parameter("id")).map(ProfileId::new);
  }

  /// @param lower whether Octavia writes flavor profiles with a small letter there
  private RuntimeException notFound(Request request, boolean lower) {
    String id = request.parameter("id");
    return switch (shelf) {
      case FLAVORS ->
          lower
              ? new BadRequest(404, "Flavor profile " + id + " not found.")
              : Gateway.notFound(Kind.FLAVOR_PROFILE, id);
      case AVAILABILITY_ZONES -> Gateway.notFound(Kind.AVAILABILITY_ZONE_PROFILE, id);
    };
  }

  private Reply written(int status, Written<Profile> written) {
    return switch (written) {
      case Written.Done<Profile>(Profile it) ->
          Gateway.wrapped(status, json.wrapper(), json.shape().json(it));
      case Written.Refused<Profile>(Refusal why) -> Faults.of(why);
    };
  }
}
