package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.OctaviaServer.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Flavors, availability zones, their profiles and what providers understand, over HTTP.
class CatalogTest {
  private static final String ROOT = "/v2.0/lbaas/";
  private static final String NIL = "00000000-0000-0000-0000-000000000000";
  private static final String FORBIDDEN = "Policy does not allow this request to be performed.";

  private final OctaviaServer server = new OctaviaServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer send(String method, String path, String body) {
    return server.send(method, ROOT + path, OctaviaServer.ADMIN, body);
  }

  private Answer get(String path) {
    return send("GET", path, null);
  }

  private static void refused(Answer answer, int status, String text) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.faultstring()).isEqualTo(text);
  }

  private String profile(String name) {
    Answer answer =
        send(
            "POST",
            "flavorprofiles",
            """
            {"flavorprofile": {"name": "%s", "provider_name": "amphora",
              "flavor_data": "{ \\"size\\" :\\"SMALL\\"}"}}"""
                .formatted(name));
    assertThat(answer.status()).isEqualTo(201);
    return answer.json().at("/flavorprofile/id").stringValue();
  }

  private String flavor(String name, String profile) {
    Answer answer =
        send(
            "POST",
            "flavors",
            """
            {"flavor": {"name": "%s", "flavor_profile_id": "%s"}}"""
                .formatted(name, profile));
    assertThat(answer.status()).isEqualTo(201);
    return answer.json().at("/flavor/id").stringValue();
  }

  private String zoneProfile(String data) {
    Answer answer =
        send(
            "POST",
            "availabilityzoneprofiles",
            """
            {"availability_zone_profile": {"name": "p", "provider_name": "amphora",
              "availability_zone_data": "%s"}}"""
                .formatted(data.replace("\"", "\\\"")));
    assertThat(answer.status()).isEqualTo(201);
    return answer.json().at("/availability_zone_profile/id").stringValue();
  }

  private Answer zone(String name, String profile) {
    return send(
        "POST",
        "availabilityzones",
        """
        {"availability_zone": {"name": "%s", "availability_zone_profile_id": "%s"}}"""
            .formatted(name, profile));
  }

  @Test
  void profileIsShownWithItsDataLetterByLetter() {
    String id = profile("p");
    String shown =
        """
        {"flavorprofile":{"id":"%s","name":"p","provider_name":"amphora",\
        "flavor_data":"{ \\"size\\" :\\"SMALL\\"}"}}"""
            .formatted(id);
    assertThat(get("flavorprofiles/" + id).text()).isEqualTo(shown);
    assertThat(send("PUT", "flavorprofiles/" + id, "{\"flavorprofile\": {}}").text())
        .isEqualTo(shown);
    assertThat(get("flavorprofiles/" + id + "?fields=name").text())
        .isEqualTo("{\"flavorprofile\":{\"name\":\"p\"}}");
    assertThat(send("DELETE", "flavorprofiles/" + id, null).status()).isEqualTo(204);
    refused(get("flavorprofiles/" + id), 404, "Flavor Profile " + id + " not found.");
  }

  private Answer create(String data) {
    return send(
        "POST",
        "flavorprofiles",
        """
        {"flavorprofile": {"name": "p", "provider_name": "octavia", "flavor_data": "%s"}}"""
            .formatted(data.replace("\"", "\\\"")));
  }

  @Test
  void profileDataMustBeUnderstood() {
    refused(create("x"), 400, "x is not a valid option for flavor_data");
    refused(create(""), 400, " is not a valid option for flavor_data");
    String unsupported = "Provider 'octavia' does not support a requested option: ";
    refused(create("[]"), 501, unsupported + "[] is not of type 'object'");
    refused(
        create("{\"nosuch\": 1, \"b\": 2}"),
        501,
        unsupported + "Additional properties are not allowed ('nosuch', 'b' were unexpected)");
    refused(
        create("{\"size\": \"XL\"}"),
        501,
        unsupported + "size 'XL' is not one of ['LARGE', 'SMALL']");
    refused(create("{\"limit\": 1.5}"), 501, unsupported + "limit 1.5 is not of type 'integer'");
  }

  @Test
  void profilesRefuseNullAndUnknownProviders() {
    String id = profile("p");
    for (String option : new String[] {"name", "provider_name", "flavor_data"}) {
      refused(
          send(
              "PUT",
              "flavorprofiles/" + id,
              "{\"flavorprofile\": {\"%s\": null}}".formatted(option)),
          400,
          "None is not a valid option for " + option);
    }
    refused(
        send("PUT", "flavorprofiles/" + id, "{\"flavorprofile\": {\"provider_name\": \"no\"}}"),
        400,
        "Provider 'no' is not enabled.");
    refused(
        send("PUT", "flavorprofiles/" + id, "{\"flavorprofile\": {\"id\": \"x\", \"a\": 1}}"),
        400,
        "Unknown attributes for argument flavor_profile_.flavorprofile: id, a");
    refused(
        send("POST", "flavorprofiles", "{\"flavorprofile\": {\"name\": \"p\"}}"),
        400,
        "Invalid input for field/attribute provider_name. Value: 'None'. Mandatory field"
            + " missing.");
  }

  @Test
  void octaviasPlaceholderIsNotThere() {
    refused(get("flavorprofiles/" + NIL), 404, "Flavor profile " + NIL + " not found.");
    refused(
        send("DELETE", "flavorprofiles/" + NIL, null),
        404,
        "Flavor profile " + NIL + " not found.");
    refused(get("flavors/" + NIL), 404, "Flavor " + NIL + " not found.");
    refused(get("availabilityzones/" + NIL), 404, "Availability Zone " + NIL + " not found.");
    refused(
        get("availabilityzoneprofiles/" + NIL),
        404,
        "Availability Zone Profile " + NIL + " not found.");
  }

  @Test
  void flavorIsShownAndChanged() {
    String profile = profile("p");
    String id = flavor("f", profile);
    String shown =
        """
        {"flavor":{"id":"%s","name":"f","description":"","enabled":true,\
        "flavor_profile_id":"%s"}}"""
            .formatted(id, profile);
    assertThat(get("flavors/" + id.toUpperCase(java.util.Locale.ROOT)).text()).isEqualTo(shown);
    Answer changed =
        send(
            "PUT",
            "flavors/" + id,
            "{\"flavor\": {\"name\": \"g\", \"description\": \"d\", \"enabled\": false}}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.text())
        .isEqualTo(
            shown
                .replace("\"f\",\"description\":\"\"", "\"g\",\"description\":\"d\"")
                .replace("true", "false"));
    Answer reset = send("PUT", "flavors/" + id, "{\"flavor\": {\"description\": null}}");
    assertThat(reset.json().at("/flavor/description").stringValue()).isEmpty();
    refused(
        send("PUT", "flavors/" + id, "{\"flavor\": {\"enabled\": null}}"),
        400,
        "None is not a valid option for enabled");
    refused(
        send("PUT", "flavors/" + id, "{\"flavor\": {\"flavor_profile_id\": \"x\"}}"),
        400,
        "Unknown attribute for argument flavor_.flavor: flavor_profile_id");
    refused(
        send("DELETE", "flavorprofiles/" + profile, null),
        409,
        "Flavor profile " + profile + " is in use and cannot be modified.");
    refused(
        send(
            "POST",
            "flavors",
            "{\"flavor\": {\"name\": \"g\", \"flavor_profile_id\": \"%s\"}}".formatted(profile)),
        409,
        "A flavor of g already exists.");
    refused(
        send(
            "POST",
            "flavors",
            "{\"flavor\": {\"name\": \"h\", \"flavor_profile_id\": \"%s\"}}".formatted(NIL)),
        400,
        "Flavor Profile " + NIL + " not found.");
  }

  @Test
  void zonesGoByTheirNames() {
    String profile = zoneProfile("{\"zone\": \"z\"}");
    String shown =
        """
        {"availability_zone":{"name":"my zone","description":"","enabled":true,\
        "availability_zone_profile_id":"%s"}}"""
            .formatted(profile);
    Answer created = zone("my zone", profile);
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text()).isEqualTo(shown);
    assertThat(get("availabilityzones/my%20zone").text()).isEqualTo(shown);
    refused(zone("my zone", profile), 409, "A availability zone of my zone already exists.");
    refused(
        send("PUT", "availabilityzones/my%20zone", "{\"availability_zone\": {\"name\": \"x\"}}"),
        400,
        "Unknown attribute for argument availability_zone_.availability_zone: name");
    refused(
        send("DELETE", "availabilityzoneprofiles/" + profile, null),
        409,
        "Availability Zone Profile " + profile + " is in use and cannot be modified.");
    assertThat(send("DELETE", "availabilityzones/my%20zone", null).status()).isEqualTo(204);
    refused(
        send("DELETE", "availabilityzones/my%20zone", null),
        404,
        "Availability Zone my zone not found.");
  }

  @Test
  void listsAreFilteredSortedAndPaged() {
    String profile = profile("p");
    flavor("b", profile);
    flavor("a", profile);
    assertThat(get("flavors?sort=name&fields=name&enabled=True").text())
        .isEqualTo("{\"flavors\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"flavors_links\":[]}");
    assertThat(get("flavors?enabled=false").text())
        .isEqualTo("{\"flavors\":[],\"flavors_links\":[]}");
    refused(get("flavors?nosuch=1"), 400, "One or more arguments are either duplicate or invalid");
    assertThat(get("flavorprofiles?name=p&fields=provider_name").text())
        .isEqualTo(
            "{\"flavorprofiles\":[{\"provider_name\":\"amphora\"}],\"flavorprofile_links\":[]}");
    assertThat(
            get("flavors").json().at("/flavors").valueStream().map(it -> it.get("id").asString()))
        .isSorted();

    String ofZones = zoneProfile("{}");
    assertThat(get("availabilityzoneprofiles?name=x").text())
        .isEqualTo("{\"availability_zone_profiles\":[],\"availability_zone_profile_links\":[]}");
    zone("z2", ofZones);
    zone("z1", ofZones);
    zone("z3", ofZones);
    Answer first = get("availabilityzones?limit=2&fields=name");
    assertThat(first.json().at("/availability_zones").toString())
        .isEqualTo("[{\"name\":\"z1\"},{\"name\":\"z2\"}]");
    assertThat(first.json().at("/availability_zones_links/0/href").asString())
        .endsWith("marker=z2");
    assertThat(
            get("availabilityzones?limit=2&fields=name&marker=z2")
                .json()
                .at("/availability_zones")
                .toString())
        .isEqualTo("[{\"name\":\"z3\"}]");
  }

  @Test
  void usersMayLookAtOffersOnly() {
    String profile = profile("p");
    String flavor = flavor("f", profile);
    assertThat(server.get(ROOT + "flavors/" + flavor).status()).isEqualTo(200);
    assertThat(server.get(ROOT + "flavors").status()).isEqualTo(200);
    assertThat(server.get(ROOT + "availabilityzones").status()).isEqualTo(200);
    refused(server.get(ROOT + "flavorprofiles"), 403, FORBIDDEN);
    refused(server.get(ROOT + "flavorprofiles/nosuch"), 403, FORBIDDEN);
    refused(server.delete(ROOT + "flavors/nosuch"), 403, FORBIDDEN);
    refused(server.put(ROOT + "flavors/" + flavor, "{\"flavor\": {}}"), 403, FORBIDDEN);
    refused(
        server.post(
            ROOT + "flavors",
            "{\"flavor\": {\"name\": \"x\", \"flavor_profile_id\": \"%s\"}}".formatted(profile)),
        403,
        FORBIDDEN);
    refused(
        server.put(ROOT + "flavorprofiles/" + profile, "{\"flavorprofile\": {}}"), 403, FORBIDDEN);
    refused(server.get(ROOT + "providers/nosuch/flavor_capabilities"), 403, FORBIDDEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"amphora", "octavia", "amphorav2"})
  void providersTellWhatProfilesMaySay(String provider) {
    String path = "providers/" + provider + "/";
    assertThat(get(path + "flavor_capabilities?fields=name&nosuch=1").text())
        .isEqualTo(
            "{\"flavor_capabilities\":[{\"name\":\"size\"},{\"name\":\"limit\"},"
                + "{\"name\":\"image\"}]}");
    assertThat(get(path + "availability_zone_capabilities?name=zone").text())
        .isEqualTo(
            "{\"availability_zone_capabilities\":[{\"name\":\"zone\","
                + "\"description\":\"Where.\"}]}");
    assertThat(get(path + "flavor_capabilities?description=no").text())
        .isEqualTo("{\"flavor_capabilities\":[]}");
  }

  @Test
  void anUnknownProviderCanNothing() {
    refused(get("providers/nosuch/flavor_capabilities"), 400, "Provider 'nosuch' is not enabled.");
  }

  @Test
  void loadBalancersAreOrderedWithThem() {
    String flavor = flavor("f", profile("p"));
    zone("z", zoneProfile("{}"));
    String order =
        """
        {"loadbalancer": {"vip_subnet_id": "%s", "flavor_id": "%s", "availability_zone": "z"%s}}""";
    Answer created =
        server.post(ROOT + "loadbalancers", order.formatted(server.subnet(), flavor, ""));
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.json().at("/loadbalancer/flavor_id").asString()).isEqualTo(flavor);
    assertThat(created.json().at("/loadbalancer/availability_zone").asString()).isEqualTo("z");
    assertThat(created.json().at("/loadbalancer/provider").asString()).isEqualTo("amphora");
    String id = created.json().at("/loadbalancer/id").asString();
    assertThat(
            server
                .get(ROOT + "loadbalancers?fields=id&availability_zone=z&flavor_id=" + flavor)
                .json()
                .at("/loadbalancers/0/id")
                .asString())
        .isEqualTo(id);

    refused(
        server.post(
            ROOT + "loadbalancers",
            order.formatted(server.subnet(), flavor, ", \"provider\": \"octavia\"")),
        400,
        "Flavor '" + flavor + "' is not compatible with provider 'octavia'");
    refused(
        server.post(ROOT + "loadbalancers", order.formatted(server.subnet(), NIL, "")),
        400,
        "Validation failure: Invalid flavor_id.");
    refused(
        server.put(
            ROOT + "loadbalancers/" + id,
            "{\"loadbalancer\": {\"flavor_id\": \"%s\"}}".formatted(flavor)),
        400,
        "Unknown attribute for argument load_balancer.loadbalancer: flavor_id");
    refused(
        send("DELETE", "flavors/" + flavor, null),
        409,
        "Flavor " + flavor + " is in use and cannot be modified.");
    refused(
        send("DELETE", "availabilityzones/z", null),
        409,
        "Availability Zone z is in use and cannot be modified.");
    assertThat(send("PUT", "flavors/" + flavor, "{\"flavor\": {\"enabled\": false}}").status())
        .isEqualTo(200);
    refused(
        server.post(ROOT + "loadbalancers", order.formatted(server.subnet(), flavor, "")),
        400,
        "The selected flavor is not allowed in this deployment: " + flavor);
  }
}
