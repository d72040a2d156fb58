package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.control.CatalogEditor.NewProfile;
import agrippa.control.CatalogEditor.ProfileChange;
import agrippa.model.Profile;
import agrippa.model.Shelf;

/// `flavorprofile` and `availability_zone_profile`, which differ in names only.
public final class ProfileJson {
  private static final ProfileJson OF_FLAVORS =
      new ProfileJson("flavor_profile_", "flavorprofile", "flavor_data");
  private static final ProfileJson OF_AVAILABILITY_ZONES =
      new ProfileJson(
          "availability_zone_profile_", "availability_zone_profile", "availability_zone_data");

  private final String argument;
  private final String wrapper;
  private final Attribute<String> name = Attribute.mandatory("name", Types.text(255));
  private final Attribute<String> provider = Attribute.mandatory("provider_name", Types.text(255));
  private final Attribute<String> data;
  private final Shape<Profile> shape;

  /// @param argument Octavia's name for the body
  /// @param data the attribute that holds what providers understand
  private ProfileJson(String argument, String wrapper, String data) {
    this.argument = argument;
    this.wrapper = wrapper;
    this.data = Attribute.named(data, Types.text(4_096));
    this.shape =
        new Shape<Profile>()
            .plain("id", Profile::id)
            .plain("name", Profile::name)
            .plain("provider_name", Profile::provider)
            .plain(data, Profile::data);
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

  public NewProfile create(byte[] body) {
    return Body.read(
        body,
        argument,
        wrapper,
        Types.object(
            Schema.of(name, provider, data),
            it -> new NewProfile(it.value(name), it.value(provider), it.orNull(data))));
  }

  public ProfileChange update(byte[] body) {
    return Body.read(
        body,
        argument,
        wrapper,
        Types.object(
            Schema.of(name.optional(), provider.optional(), data.optional()),
            it -> new ProfileChange(it.patch(name), it.patch(provider), it.patch(data))));
  }
}
