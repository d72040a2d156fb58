package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.control.CatalogEditor.NewOffer;
import agrippa.control.CatalogEditor.OfferChange;
import agrippa.model.Offer;
import agrippa.model.ProfileId;
import agrippa.model.Shelf;

/// `flavor` and `availability_zone`. The latter has no id: its name is its id, and stays.
public final class OfferJson {
  private static final Attribute<String> DESCRIPTION =
      Attribute.optional("description", Types.text(255).with("default", ""));
  private static final Attribute<Boolean> ENABLED =
      Attribute.optional("enabled", Types.BOOLEAN.with("default", true)).optionalNotNull();

  private static final Attribute<String> FLAVOR_NAME = Attribute.mandatory("name", Types.text(255));
  private static final Attribute<ProfileId> FLAVOR_PROFILE =
      Attribute.mandatory("flavor_profile_id", Types.UUID_TEXT.map(ProfileId::new));

  // Something without a name could never be addressed again.
  private static final Attribute<String> ZONE_NAME =
      Attribute.mandatory("name", Types.text(1, 255));
  private static final Attribute<ProfileId> ZONE_PROFILE =
      Attribute.mandatory("availability_zone_profile_id", Types.UUID_TEXT.map(ProfileId::new));

  private static final OfferJson FLAVORS =
      new OfferJson(
          "Flavor",
          "flavor_",
          "flavor",
          FLAVOR_NAME,
          FLAVOR_PROFILE,
          Schema.of(FLAVOR_NAME.optionalNotNull(), DESCRIPTION, ENABLED),
          new Shape<Offer>().plain("id", JsonSchema.UUID, Offer::key));
  private static final OfferJson AVAILABILITY_ZONES =
      new OfferJson(
          "AvailabilityZone",
          "availability_zone_",
          "availability_zone",
          ZONE_NAME,
          ZONE_PROFILE,
          Schema.of(DESCRIPTION, ENABLED),
          new Shape<>());

  private final String type;
  private final String argument;
  private final String wrapper;
  private final Attribute<String> name;
  private final Attribute<ProfileId> profile;
  private final Schema update;
  private final Shape<Offer> shape;

  /// @param type name in the API's description
  /// @param argument Octavia's name for the body
  /// @param shape what comes before the name
  private OfferJson(
      String type,
      String argument,
      String wrapper,
      Attribute<String> name,
      Attribute<ProfileId> profile,
      Schema update,
      Shape<Offer> shape) {
    this.type = type;
    this.argument = argument;
    this.wrapper = wrapper;
    this.name = name;
    this.profile = profile;
    this.update = update;
    this.shape =
        shape
            .plain("name", JsonSchema.TEXT, Offer::name)
            .plain("description", JsonSchema.TEXT, Offer::description)
            .plain("enabled", JsonSchema.BOOLEAN, Offer::enabled)
            .plain(profile.name(), JsonSchema.UUID, Offer::profile);
  }

  public static OfferJson of(Shelf shelf) {
    return switch (shelf) {
      case FLAVORS -> FLAVORS;
      case AVAILABILITY_ZONES -> AVAILABILITY_ZONES;
    };
  }

  /// The key of a single one.
  public String wrapper() {
    return wrapper;
  }

  /// What answers show.
  public Shape<Offer> shape() {
    return shape;
  }

  /// Describes what answers show.
  public JsonSchema schema() {
    return shape.schema(post(), put()).named(type);
  }

  /// What a create says.
  public Body<NewOffer> post() {
    return new Body<>(
        argument,
        wrapper,
        Types.object(
            Schema.of(name, DESCRIPTION, ENABLED, profile).named(type + "Create"),
            it ->
                new NewOffer(
                    it.value(name), it.or(DESCRIPTION, ""), it.patch(ENABLED), it.value(profile))));
  }

  /// What an update says.
  public Body<OfferChange> put() {
    return new Body<>(
        argument,
        wrapper,
        Types.object(
            update.ofChange(type + "Update"),
            it -> new OfferChange(it.patch(name), it.patch(DESCRIPTION), it.patch(ENABLED))));
  }
}
