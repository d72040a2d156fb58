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
      Attribute.optional("description", Types.text(255));
  private static final Attribute<Boolean> ENABLED = Attribute.optional("enabled", Types.BOOLEAN);

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
          "flavor_",
          "flavor",
          FLAVOR_NAME,
          FLAVOR_PROFILE,
          Schema.of(FLAVOR_NAME.optional(), DESCRIPTION, ENABLED),
          new Shape<Offer>().plain("id", Offer::key));
  private static final OfferJson AVAILABILITY_ZONES =
      new OfferJson(
          "availability_zone_",
          "availability_zone",
          ZONE_NAME,
          ZONE_PROFILE,
          Schema.of(DESCRIPTION, ENABLED),
          new Shape<>());

  private final String argument;
  private final String wrapper;
  private final Attribute<String> name;
  private final Attribute<ProfileId> profile;
  private final Schema update;
  private final Shape<Offer> shape;

  /// @param argument Octavia's name for the body
  /// @param shape what comes before the name
  private OfferJson(
      String argument,
      String wrapper,
      Attribute<String> name,
      Attribute<ProfileId> profile,
      Schema update,
      Shape<Offer> shape) {
    this.argument = argument;
    this.wrapper = wrapper;
    this.name = name;
    this.profile = profile;
    this.update = update;
    this.shape =
        shape
            .plain("name", Offer::name)
            .plain("description", Offer::description)
            .plain("enabled", Offer::enabled)
            .plain(profile.name(), Offer::profile);
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

  public NewOffer create(byte[] body) {
    return Body.read(
        body,
        argument,
        wrapper,
        Types.object(
            Schema.of(name, DESCRIPTION, ENABLED, profile),
            it ->
                new NewOffer(
                    it.value(name), it.or(DESCRIPTION, ""), it.patch(ENABLED), it.value(profile))));
  }

  public OfferChange update(byte[] body) {
    return Body.read(
        body,
        argument,
        wrapper,
        Types.object(
            update,
            it -> new OfferChange(it.patch(name), it.patch(DESCRIPTION), it.patch(ENABLED))));
  }
}
