package agrippa.api;

import agrippa.api.wire.OfferJson;
import agrippa.control.CatalogEditor;
import agrippa.control.CatalogEditor.Written;
import agrippa.control.Kind;
import agrippa.control.Refusal;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.Offer;
import agrippa.model.Shelf;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.List;
import java.util.UUID;

/// `/flavors` and `/availabilityzones`: everybody with a role may look, admins may write.
final class OffersResource {
  private final Gateway gateway;
  private final Subject subject;
  private final Shelf shelf;
  private final CatalogEditor catalog;
  private final OfferJson json;
  private final Listing<Offer> listing;

  OffersResource(Gateway gateway, Shelf shelf, CatalogEditor catalog) {
    this.gateway = gateway;
    this.subject =
        switch (shelf) {
          case FLAVORS -> Subject.FLAVOR;
          case AVAILABILITY_ZONES -> Subject.AVAILABILITY_ZONE;
        };
    this.shelf = shelf;
    this.catalog = catalog;
    this.json = OfferJson.of(shelf);
    this.listing = new Listing<>(json.wrapper() + "s", json.shape(), Offer::key, it -> List.of());
  }

  Described operations() {
    return switch (shelf) {
      case FLAVORS -> described("Flavors", "a flavor");
      case AVAILABILITY_ZONES -> described("Availability zones", "an availability zone");
    };
  }

  private Described described(String tag, String one) {
    return new Described(tag, one, json.wrapper(), listing, json.schema(), json.post(), json.put());
  }

  Reply list(Request request) {
    gateway.require(subject.to(Verb.GET_ALL));
    return listing.page(gateway.maxLimit(), request, catalog.offers(shelf).stream());
  }

  Reply create(Request request) {
    Gateway.onlyArguments(request);
    CatalogEditor.NewOffer wanted = json.post().read(Gateway.body(request));
    gateway.require(subject.to(Verb.POST));
    return written(201, catalog.create(shelf, wanted));
  }

  Reply show(Request request) {
    gateway.require(subject.to(Verb.GET_ONE));
    Offer offer = catalog.offer(shelf, key(request)).orElseThrow(() -> notFound(request));
    return Gateway.show(request, json.wrapper(), json.shape(), offer);
  }

  Reply update(Request request) {
    Gateway.onlyArguments(request);
    CatalogEditor.OfferChange change = json.put().read(Gateway.body(request));
    gateway.require(subject.to(Verb.PUT));
    return written(200, catalog.update(shelf, key(request), change));
  }

  Reply delete(Request request) {
    Gateway.onlyArguments(request);
    gateway.require(subject.to(Verb.DELETE));
    return catalog.remove(shelf, key(request)).map(Faults::of).orElseGet(() -> Reply.empty(204));
  }

  /// Ids are compared without case, names with it.
  private String key(Request request) {
    String text = addressed(request);
    return switch (shelf) {
      case FLAVORS -> Gateway.id(text).map(UUID::toString).orElse(text);
      case AVAILABILITY_ZONES -> text;
    };
  }

  private String addressed(Request request) {
    return switch (shelf) {
      case FLAVORS -> request.parameter("id");
      case AVAILABILITY_ZONES -> request.parameter("name");
    };
  }

  private RefusedException notFound(Request request) {
    Kind kind =
        switch (shelf) {
          case FLAVORS -> Kind.FLAVOR;
          case AVAILABILITY_ZONES -> Kind.AVAILABILITY_ZONE;
        };
    return Gateway.notFound(kind, addressed(request));
  }

  private Reply written(int status, Written<Offer> written) {
    return switch (written) {
      case Written.Done<Offer>(Offer it) ->
          Gateway.wrapped(status, json.wrapper(), json.shape().json(it));
      case Written.Refused<Offer>(Refusal why) -> Faults.of(why);
    };
  }
}
