package agrippa.acceptance;

import agrippa.acceptance.Wire.Answer;
import agrippa.acceptance.Wire.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// A running program and an ordinary user of it, with role `member` in a project of its own, as
/// most clients are; and its admin, for what only admins may do.
final class Tenant implements AutoCloseable {
  static final String PASSWORD = "correct horse";

  private final Program program;
  private final Wire wire;
  private final Answer admin;
  private final String project;
  private final String user;
  private final Answer token;

  private Tenant(Program program, Wire wire, Answer admin, String project, String user)
      throws IOException, InterruptedException {
    this.program = program;
    this.wire = wire;
    this.admin = admin;
    this.project = project;
    this.user = user;
    this.token = login(password(user, PASSWORD), scope(project)).is(201);
  }

  static Tenant of(Program program) throws IOException, InterruptedException {
    Wire wire = new Wire();
    Map<String, String> environment = program.environment();
    Answer admin =
        wire.send(
                "POST",
                program.url() + "/identity/v3/auth/tokens",
                """
                {"auth": {"identity": {"methods": ["password"], "password": {"user": {
                    "name": "%s", "password": "%s", "domain": {"id": "default"}}}},
                  "scope": {"project": {"name": "%s", "domain": {"id": "default"}}}}}
                """
                    .formatted(
                        environment.get("OS_USERNAME"),
                        environment.get("OS_PASSWORD"),
                        environment.get("OS_PROJECT_NAME")))
            .is(201);
    Service identity = new Service(wire, program.url() + "/identity/v3", token(admin));
    String name = "tenant-" + UUID.randomUUID();
    String project =
        identity
            .post("/projects", "{\"project\": {\"name\": \"%s\"}}", name)
            .is(201)
            .text("/project/id");
    String user =
        identity
            .post("/users", "{\"user\": {\"name\": \"%s\", \"password\": \"%s\"}}", name, PASSWORD)
            .is(201)
            .text("/user/id");
    String role = identity.get("/roles?name=member").is(200).text("/roles/0/id");
    identity
        .send("PUT", "/projects/" + project + "/users/" + user + "/roles/" + role, null)
        .is(204);
    return new Tenant(program, wire, admin, project, user);
  }

  static Tenant start(Path folder) throws IOException, InterruptedException {
    return of(Program.start(folder.resolve("state")));
  }

  Wire wire() {
    return wire;
  }

  String project() {
    return project;
  }

  String user() {
    return user;
  }

  /// The answer to its login.
  Answer token() {
    return token;
  }

  static String token(Answer login) {
    return login.headers().firstValue("X-Subject-Token").orElseThrow();
  }

  String root(String prefix) {
    return program.url() + prefix;
  }

  /// Identity, which is where everything begins.
  Service identity() {
    return new Service(wire, root("/identity/v3"), token(token));
  }

  /// The load-balancer API, where the catalogue says it is.
  Service balancers() {
    return service("load-balancer", "/v2.0/lbaas");
  }

  Service network() {
    return service("network", "/v2.0");
  }

  Service secrets() {
    return service("key-manager", "/v1");
  }

  /// @param type as the catalogue has it
  /// @param below what clients append
  Service asAdmin(String type, String below) {
    return service(admin, type, below);
  }

  /// @param type as the catalogue has it
  /// @param below what clients append
  Service service(String type, String below) {
    return service(token, type, below);
  }

  private Service service(Answer login, String type, String below) {
    return new Service(wire, endpoint(login, type) + below, token(login));
  }

  /// The first public endpoint of a type, which is the one that gophercloud takes.
  String endpoint(String type) {
    return endpoint(token, type);
  }

  private static String endpoint(Answer login, String type) {
    for (JsonNode service : login.at("/token/catalog")) {
      for (JsonNode endpoint : service.path("endpoints")) {
        if (service.path("type").asString().equals(type)
            && endpoint.path("interface").asString().equals("public")) {
          return endpoint.path("url").stringValue();
        }
      }
    }
    throw new AssertionError("no " + type + " in " + login.at("/token/catalog"));
  }

  /// @param identity the methods and their data
  /// @param scope with its comma, or nothing
  Answer login(String identity, String scope) throws IOException, InterruptedException {
    return wire.send(
        "POST",
        root("/identity/v3/auth/tokens"),
        "{\"auth\": {\"identity\": %s%s}}".formatted(identity, scope),
        "Content-Type",
        "application/json");
  }

  static String password(String user, String password) {
    return """
        {"methods": ["password"], "password": {"user": {"id": "%s", "password": "%s"}}}
        """
        .formatted(user, password);
  }

  static String scope(String project) {
    return ", \"scope\": {\"project\": {\"id\": \"%s\"}}".formatted(project);
  }

  /// A private network with a subnet.
  ///
  /// @return the subnet's id
  String subnet(String cidr) throws IOException, InterruptedException {
    String id =
        network()
            .post("/networks", "{\"network\": {\"name\": \"net\"}}")
            .is(201)
            .text("/network/id");
    return network()
        .post(
            "/subnets",
            """
            {"subnet": {"network_id": "%s", "name": "subnet", "ip_version": 4, "cidr": "%s"}}
            """,
            id,
            cidr)
        .is(201)
        .text("/subnet/id");
  }

  /// An empty load balancer that is ACTIVE.
  ///
  /// @return its id
  String balancer(String name, String subnet) throws IOException, InterruptedException {
    String id =
        balancers()
            .post(
                "/loadbalancers",
                "{\"loadbalancer\": {\"name\": \"%s\", \"vip_subnet_id\": \"%s\"}}",
                name,
                subnet)
            .is(201)
            .text("/loadbalancer/id");
    balancers().active("/loadbalancers/" + id);
    return id;
  }

  /// A part of a load balancer; waits until the load balancer is ACTIVE again.
  ///
  /// @return the part as it was answered
  JsonNode part(String balancer, String path, String body, Object... arguments)
      throws IOException, InterruptedException {
    JsonNode created = balancers().post(path, body, arguments).is(201).json().iterator().next();
    balancers().active("/loadbalancers/" + balancer);
    return created;
  }

  @Override
  public void close() {
    program.close();
  }
}
