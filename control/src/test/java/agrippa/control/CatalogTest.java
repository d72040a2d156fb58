package agrippa.control;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.CatalogEditor.NewOffer;
import agrippa.control.CatalogEditor.NewProfile;
import agrippa.control.CatalogEditor.OfferChange;
import agrippa.control.CatalogEditor.ProfileChange;
import agrippa.control.CatalogEditor.Written;
import agrippa.control.spi.Networks.VipClaim;
import agrippa.control.spi.ProfileSettings;
import agrippa.control.spi.Value;
import agrippa.model.LoadBalancerId;
import agrippa.model.Offer;
import agrippa.model.Placement;
import agrippa.model.Profile;
import agrippa.model.ProfileId;
import agrippa.model.Shelf;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Flavors, availability zones, their profiles, and load balancers that have them.
class CatalogTest {
  private static final Value SMALL =
      new Value.Mapping(
          Map.of("size", new Value.Text("SMALL"), "limit", new Value.Number(BigDecimal.TEN)));

  private final Rig rig = new Rig();

  CatalogTest() {
    rig.json.put("{}", new Value.Mapping(Map.of()));
    rig.json.put("small", SMALL);
  }

  private Written<Profile> create(Shelf shelf, String provider, String data) {
    return rig.plane.catalog().create(shelf, new NewProfile("p", provider, data));
  }

  private Profile profile(Shelf shelf, String data) {
    return done(create(shelf, "amphora", data));
  }

  private Offer flavor(String data) {
    return offer(Shelf.FLAVORS, "f", profile(Shelf.FLAVORS, data).id());
  }

  private Offer zone(String data) {
    return offer(Shelf.AVAILABILITY_ZONES, "z", profile(Shelf.AVAILABILITY_ZONES, data).id());
  }

  private Offer offer(Shelf shelf, String name, ProfileId profile) {
    return done(rig.plane.catalog().create(shelf, new NewOffer(name, "", Patch.keep(), profile)));
  }

  private static <T> T done(Written<T> written) {
    assertThat(written).isInstanceOf(Written.Done.class);
    return ((Written.Done<T>) written).it();
  }

  private static Refusal refused(Written<?> written) {
    assertThat(written).isInstanceOf(Written.Refused.class);
    return ((Written.Refused<?>) written).why();
  }

  private Change.CreateLoadBalancer creation(String provider, String flavor, String zone) {
    return new Change.CreateLoadBalancer(
        null, rig.vip(), provider, flavor, zone, rig.creation().attributes(), List.of(), List.of());
  }

  private Refusal complaint(Shelf shelf, Value data) {
    rig.json.put("data", data);
    return refused(create(shelf, "octavia", "data"));
  }

  private static Refusal unsupported(String detail) {
    return new Refusal.UnsupportedOption("octavia", detail);
  }

  @Test
  void profilesSayOnlyWhatTheProviderUnderstands() {
    var number = new Value.Number(BigDecimal.ONE);
    assertThat(complaint(Shelf.FLAVORS, number))
        .isEqualTo(unsupported("1 is not of type 'object'"));
    assertThat(complaint(Shelf.FLAVORS, new Value.Mapping(Map.of("it's", number, "size", number))))
        .isEqualTo(unsupported("Additional properties are not allowed ('it\\'s' was unexpected)"));
    assertThat(complaint(Shelf.FLAVORS, new Value.Mapping(Map.of("size", number))))
        .isEqualTo(unsupported("size 1 is not of type 'string'"));
    assertThat(complaint(Shelf.FLAVORS, new Value.Mapping(Map.of("size", new Value.Text("XL")))))
        .isEqualTo(unsupported("size 'XL' is not one of ['LARGE', 'SMALL']"));
    assertThat(complaint(Shelf.FLAVORS, new Value.Mapping(Map.of("limit", new Value.Flag(true)))))
        .isEqualTo(unsupported("limit True is not of type 'integer'"));
    assertThat(complaint(Shelf.FLAVORS, limit("0.5")))
        .isEqualTo(unsupported("limit 0.5 is not of type 'integer'"));
    assertThat(complaint(Shelf.FLAVORS, limit("-1")))
        .isEqualTo(unsupported("limit -1 is less than the minimum of 0"));
    assertThat(complaint(Shelf.FLAVORS, limit("2147483648")))
        .isEqualTo(unsupported("limit 2147483648 is greater than the maximum of 2147483647"));
    var mixed = new Value.Sequence(List.of(new Value.Text("a"), new Value.Nothing()));
    assertThat(
            complaint(
                Shelf.AVAILABILITY_ZONES, new Value.Mapping(Map.of("valid_vip_networks", mixed))))
        .isEqualTo(unsupported("valid_vip_networks None is not of type 'string'"));
    assertThat(complaint(Shelf.AVAILABILITY_ZONES, new Value.Mapping(Map.of("zone", mixed))))
        .isEqualTo(unsupported("zone ['a', None] is not of type 'string'"));
  }

  private static Value limit(String number) {
    return new Value.Mapping(Map.of("limit", new Value.Number(new BigDecimal(number))));
  }

  @Test
  void textThatIsNoJsonIsFoundBeforeAnUnknownProvider() {
    assertThat(refused(create(Shelf.FLAVORS, "nosuch", "x")))
        .isEqualTo(new Refusal.InvalidOption("x", "flavor_data"));
    assertThat(refused(create(Shelf.AVAILABILITY_ZONES, "nosuch", null)))
        .isEqualTo(new Refusal.InvalidOption("None", "availability_zone_data"));
    assertThat(refused(create(Shelf.FLAVORS, "nosuch", "{}")))
        .isEqualTo(new Refusal.ProviderNotEnabled("nosuch"));
  }

  @Test
  void aProfileInUseKeepsItsMeaningButNotItsName() {
    var profile = profile(Shelf.FLAVORS, "{}");
    var flavor = offer(Shelf.FLAVORS, "f", profile.id());
    var catalog = rig.plane.catalog();
    var inUse = new Refusal.InUse(Kind.FLAVOR_PROFILE, profile.id().toString());
    assertThat(refused(catalog.update(Shelf.FLAVORS, profile.id(), data("small"))))
        .isEqualTo(inUse);
    assertThat(catalog.remove(Shelf.FLAVORS, profile.id())).contains(inUse);
    var renamed = new ProfileChange(Patch.set("new"), Patch.keep(), Patch.keep());
    assertThat(done(catalog.update(Shelf.FLAVORS, profile.id(), renamed)).name()).isEqualTo("new");

    assertThat(catalog.remove(Shelf.FLAVORS, flavor.key())).isEmpty();
    assertThat(done(catalog.update(Shelf.FLAVORS, profile.id(), data("small"))).data())
        .isEqualTo("small");
    assertThat(catalog.remove(Shelf.FLAVORS, profile.id())).isEmpty();
    assertThat(catalog.profiles(Shelf.FLAVORS)).isEmpty();
  }

  private static ProfileChange data(String data) {
    return new ProfileChange(Patch.keep(), Patch.keep(), Patch.set(data));
  }

  @Test
  void namesAreTakenOncePerShelf() {
    var one = flavor("{}");
    var two = offer(Shelf.FLAVORS, "two", one.profile());
    var taken = new Refusal.NameTaken(Kind.FLAVOR, "f");
    var rename = new OfferChange(Patch.set("f"), Patch.keep(), Patch.keep());
    var catalog = rig.plane.catalog();
    assertThat(
            refused(
                catalog.create(Shelf.FLAVORS, new NewOffer("f", "", Patch.keep(), one.profile()))))
        .isEqualTo(taken);
    assertThat(refused(catalog.update(Shelf.FLAVORS, two.key(), rename))).isEqualTo(taken);
    assertThat(done(catalog.update(Shelf.FLAVORS, one.key(), rename))).isEqualTo(one);

    var zone = zone("{}");
    var again = new NewOffer("z", "again", Patch.keep(), zone.profile());
    assertThat(refused(catalog.create(Shelf.AVAILABILITY_ZONES, again)))
        .isEqualTo(new Refusal.NameTaken(Kind.AVAILABILITY_ZONE, "z"));
    assertThat(catalog.offers(Shelf.AVAILABILITY_ZONES)).containsExactly(zone);
  }

  @Test
  void anOfferNeedsAProfileOfItsShelf() {
    var ofZones = profile(Shelf.AVAILABILITY_ZONES, "{}").id();
    var wanted = new NewOffer("f", "", Patch.keep(), ofZones);
    assertThat(refused(rig.plane.catalog().create(Shelf.FLAVORS, wanted)))
        .isEqualTo(new Refusal.ReferenceNotFound(Kind.FLAVOR_PROFILE, ofZones.toString()));
  }

  @Test
  void aLoadBalancerHasWhatItWasOrderedWith() {
    var flavor = flavor("small");
    rig.json.put("here", zones(rig.network.id().toString()));
    var zone = zone("here");
    var id = new LoadBalancerId(rig.done(creation(null, flavor.key(), zone.key())));
    assertThat(rig.loadBalancer(id).placement()).isEqualTo(new Placement(flavor.key(), zone.key()));
    var settings =
        new ProfileSettings(
            ((Value.Mapping) SMALL).entries(),
            Map.of(
                "valid_vip_networks",
                new Value.Sequence(List.of(new Value.Text(rig.network.id().toString())))));
    assertThat(rig.provider.settings(id)).isEqualTo(settings);

    rig.crash();
    rig.tasks.settle();
    assertThat(rig.plane.catalog().offers(Shelf.FLAVORS)).containsExactly(flavor);
    assertThat(rig.provider.settings(id)).isEqualTo(settings);

    var inUse = new Refusal.InUse(Kind.FLAVOR, flavor.key());
    assertThat(rig.plane.catalog().remove(Shelf.FLAVORS, flavor.key())).contains(inUse);
    assertThat(rig.plane.catalog().remove(Shelf.AVAILABILITY_ZONES, "z"))
        .contains(new Refusal.InUse(Kind.AVAILABILITY_ZONE, "z"));
    rig.done(new Change.DeleteLoadBalancer(id, false));
    assertThat(rig.plane.catalog().remove(Shelf.FLAVORS, flavor.key())).isEmpty();
    assertThat(rig.plane.catalog().remove(Shelf.AVAILABILITY_ZONES, "z")).isEmpty();
  }

  private static Value zones(String network) {
    return new Value.Mapping(
        Map.of("valid_vip_networks", new Value.Sequence(List.of(new Value.Text(network)))));
  }

  @Test
  void whatIsNotOfferedCannotBeOrdered() {
    var flavor = flavor("{}");
    var zone = zone("{}");
    var nobody = new UUID(9, 9).toString();
    assertThat(rig.refused(creation("nosuch", nobody, "nosuch")))
        .isEqualTo(new Refusal.Invalid("Invalid flavor_id."));
    assertThat(rig.refused(creation("nosuch", flavor.key(), "nosuch")))
        .isEqualTo(new Refusal.Invalid("Invalid availability zone."));
    assertThat(rig.refused(creation("octavia", flavor.key(), zone.key())))
        .isEqualTo(new Refusal.FlavorIncompatible(flavor.key(), "octavia"));

    var off = new OfferChange(Patch.keep(), Patch.keep(), Patch.set(false));
    done(rig.plane.catalog().update(Shelf.AVAILABILITY_ZONES, "z", off));
    assertThat(rig.refused(creation(null, flavor.key(), "z")))
        .isEqualTo(new Refusal.NotAllowed("availability_zone", "z"));
    done(rig.plane.catalog().update(Shelf.FLAVORS, flavor.key(), off));
    assertThat(rig.refused(creation(null, flavor.key(), "z")))
        .isEqualTo(new Refusal.NotAllowed("flavor", flavor.key()));
  }

  @Test
  void anAvailabilityZoneMayBeForSomeNetworksOnly() {
    rig.json.put("elsewhere", zones(new UUID(9, 9).toString()));
    zone("elsewhere");
    assertThat(rig.refused(creation(null, null, "z")))
        .isEqualTo(
            new Refusal.Invalid(
                "Supplied VIP network_id is not allowed by the configuration of this"
                    + " deployment."));
  }

  @Test
  void aFlavorThatGoesWhileAVipIsClaimedIsMissed() {
    var flavor = flavor("{}");
    rig.networks.beforeWrites(
        () -> {
          rig.networks.beforeWrites(() -> {});
          assertThat(rig.plane.catalog().remove(Shelf.FLAVORS, flavor.key())).isEmpty();
        });
    assertThat(rig.refused(creation(null, flavor.key(), null)))
        .isEqualTo(new Refusal.Invalid("Invalid flavor_id."));
    assertThat(rig.networks.held()).isEmpty();
  }

  @Test
  void aFailedClaimIsTheFlavorsProvidersFailure() {
    var profile = done(create(Shelf.FLAVORS, "octavia", "{}"));
    var flavor = offer(Shelf.FLAVORS, "f", profile.id());
    rig.networks.nextClaim(new VipClaim.Failed("no"));
    assertThat(rig.refused(creation(null, flavor.key(), null)))
        .isEqualTo(new Refusal.ProviderFailed("octavia", "no"));
  }
}
