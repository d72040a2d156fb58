package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.control.CatalogEditor.NewProfile;
import agrippa.control.CatalogEditor.ProfileChange;
import agrippa.model.Profile;
import agrippa.model.Shelf;
import java.util.List;

/// `flavorprofile` and `availability_zone_profile`, which differ in names only.
public final class ProfileJson {
  private static final ProfileJson OF_FLAVORS =
      new ProfileJson("FlavorProfile", "flavor_profile_", "flavorprofile", "flavor_data");
  private static final ProfileJson OF_AVAILABILITY_ZONES =
      new ProfileJson(
          "AvailabilityZoneProfile",
          "availability_zone_profile_",
          "availability_zone_profile",
          "availability_zone_data");

  private final String type;
  private final String argument;
  private final String wrapper;
  private final Attribute<String> name = Attribute.mandatory("name", Types.text(255));
  private final Attribute<String> provider =
      Attribute.mandatory("provider_name", Types.text(255).with("examples", List.of("amphora")));
  private final Attribute<String> data;
  private final Shape<Profile> shape;

  /// @param type name in the API's description
  /// @param argument Octavia's name for the body
  /// @param data the attribute that holds what providers understand
  private ProfileJson(String type, String argument, String wrapper, String data) {
    this.type = type;
    this.argument = argument;
    this.wrapper = wrapper;
    this.data = Attribute.named(data, Types.text(4_096).with("examples", List.of("{}")));
    this.shape =
        new Shape<Profile>()
            .plain("id", JsonSchema.UUID, Profile::id)
            .plain("name", JsonSchema.TEXT, Profile::name)
            .plain("provider_name", JsonSchema.TEXT, Profile::provider)
            .plain(data, JsonSchema.TEXT, Profile::data);
  }

  public static ProfileJson of(Shelf shelf) {
    return switch (shelf) {
      case FLAVORS -> OF_FLAVORS;
      case AVAILABILITY_ZONES -> OF_AVAILABILITY_ZONES;
    };
  }

  /// The key of a single one.
  public String wrapper() {
    return wrapper;
  }

  /// What answers show.
  public Shape<Profile> shape() {
    return shape;
  }

  /// Describes what answers show.
  public JsonSchema schema() {
    return shape.schema(post(), put()).named(type);
  }

  /// What a create says.
  public Body<NewProfile> post() {
    return new Body<>(
        argument,
        wrapper,
        Types.object(
            Schema.of(name, provider, data).named(type + "Create"),
            it -> new NewProfile(it.value(name), it.value(provider), it.orNull(data))));
  }

  /// What an update says.
  public Body<ProfileChange> put() {
    return new Body<>(
        argument,
        wrapper,
        Types.object(
            Schema.of(name.optionalNotNull(), provider.optionalNotNull(), data.optionalNotNull())
                .ofChange(type + "Update"),
            it -> new ProfileChange(it.patch(name), it.patch(provider), it.patch(data))));
  }
}
