package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// Debian's Keystone and Barbican, each with a database in a file, on free ports of the loopback
/// network. Keystone's tokens live for a short time only.
final class RealCloud implements AutoCloseable {
  /// How long tokens are good.
  static final Duration LIFETIME = Duration.ofSeconds(25);

  static final String SERVICE_USER = "agrippa";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path folder;
  private final String password = UUID.randomUUID().toString();
  private final WsgiServer keystone;
  private final WsgiServer barbican;

  private RealCloud(Path folder) throws Exception {
    Debian.needWithoutStarting(
        Map.of(
            "/usr/bin/keystone-manage", "keystone",
            "/usr/bin/barbican-manage", "barbican-api",
            "/usr/bin/uwsgi", "uwsgi",
            "/usr/lib/uwsgi/plugins/python3_plugin.so", "uwsgi-plugin-python3"));
    this.folder = folder;
    int port = FreePorts.next();
    keystone =
        new WsgiServer(
            folder,
            "keystone",
            Path.of("/usr/bin/keystone-wsgi-public"),
            port,
            Map.of("OS_KEYSTONE_CONFIG_FILES", configureKeystone(port).toString()));
    barbican = configureBarbican(FreePorts.next());
  }

  /// Starts both, with an admin, the service users `agrippa` and `barbican`, and the users
  /// `demo` and `other`, each a member of a project of that name. All have the same password.
  static RealCloud start(Path folder) throws Exception {
    RealCloud cloud = new RealCloud(folder);
    try {
      cloud.keystone.start();
      cloud.barbican.start();
      cloud.keystone.await("/v3", PATIENCE);
      cloud.populate();
      cloud.barbican.await("/", PATIENCE);
      return cloud;
    } catch (Exception | AssertionError e) {
      cloud.close();
      throw e;
    }
  }

  private Path configureKeystone(int port) throws Exception {
    Path keys = ownFolder("fernet");
    Path credentials = ownFolder("credentials");
    forgetTokens();
    Path file =
        Files.writeString(
            folder.resolve("keystone.conf"),
            """
            [DEFAULT]
            use_stderr = true
            log_dir =
            [database]
            connection = sqlite:///%1$s/keystone.db
            [token]
            provider = fernet
            expiration = %2$d
            [fernet_tokens]
            key_repository = %3$s
            [fernet_receipts]
            key_repository = %3$s
            [credential]
            key_repository = %4$s
            [identity]
            password_hash_rounds = 4
            """
                .formatted(folder, LIFETIME.toSeconds(), keys, credentials));
    // Keystone reads and writes through several connections in one request, which SQLite lets it do
    // with a write-ahead log only.
    run(
        "/usr/bin/python3",
        "-c",
        "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA journal_mode=WAL')",
        folder.resolve("keystone.db").toString());
    manage(file, "db_sync");
    manage(
        file,
        "bootstrap",
        "--bootstrap-password",
        password,
        "--bootstrap-region-id",
        "RegionOne",
        "--bootstrap-public-url",
        "http://127.0.0.1:" + port + "/v3");
    return file;
  }

  private Path ownFolder(String name) throws IOException {
    return Files.createDirectories(
        folder.resolve(name),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static void manage(Path configuration, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("/usr/bin/keystone-manage", "--config-file", configuration.toString()));
    command.addAll(List.of(arguments));
    run(command.toArray(String[]::new));
  }

  private static void run(String... command) throws Exception {
    Program.Result result = Program.run(Map.of(), List.of(command));
    assertThat(result.status()).as(result.output() + result.errors()).isZero();
  }

  /// Gives Keystone other keys: it knows none of the tokens any more that it handed out.
  void forgetTokens() throws IOException {
    byte[] key = new byte[32];
    for (String name : new String[] {"0", "1"}) {
      new SecureRandom().nextBytes(key);
      Files.writeString(
          folder.resolve("fernet").resolve(name), Base64.getUrlEncoder().encodeToString(key));
    }
  }

  void startKeystone() throws Exception {
    keystone.start();
    keystone.await("/v3", PATIENCE);
  }

  void stopKeystone() throws Exception {
    keystone.stop();
  }

  private WsgiServer configureBarbican(int port) throws Exception {
    Path home = Files.createDirectories(folder.resolve("home"));
    Files.writeString(
        Files.createDirectories(home.resolve(".barbican")).resolve("barbican.conf"),
        """
        [DEFAULT]
        use_stderr = true
        host_href =
        sql_connection = sqlite:///%s/barbican.db
        db_auto_create = true
        [keystone_authtoken]
        auth_url = %s
        www_authenticate_uri = %s
        auth_type = password
        interface = public
        username = barbican
        password = %s
        project_name = service
        user_domain_name = Default
        project_domain_name = Default
        token_cache_time = -1
        [secretstore]
        enabled_secretstore_plugins = store_crypto
        [crypto]
        enabled_crypto_plugins = simple_crypto
        [simple_crypto_plugin]
        kek = %s
        """
            .formatted(
                folder,
                keystone.url(),
                keystone.url(),
                password,
                Base64.getEncoder().encodeToString(new byte[32])));
    Path application =
        Files.writeString(
            folder.resolve("secret_service.py"),
            """
            from paste import deploy
            application = deploy.loadapp(
                'config:/usr/share/barbican-common/barbican-api-paste.ini')
            """);
    return new WsgiServer(folder, "barbican", application, port, Map.of("HOME", home.toString()));
  }

  void startBarbican() throws Exception {
    barbican.start();
    barbican.await("/", PATIENCE);
  }

  void stopBarbican() throws Exception {
    barbican.stop();
  }

  private void populate() throws Exception {
    String admin = token("admin", "admin");
    String service = created(admin, "project", "{\"name\": \"service\"}");
    for (String name : new String[] {SERVICE_USER, "barbican"}) {
      grant(admin, user(admin, name), service, "admin");
    }
    created(admin, "role", "{\"name\": \"creator\"}");
    created(admin, "role", "{\"name\": \"load-balancer_member\"}");
    for (String name : new String[] {"demo", "other"}) {
      String project = created(admin, "project", "{\"name\": \"%s\"}".formatted(name));
      String user = user(admin, name);
      for (String role : new String[] {"member", "creator", "load-balancer_member"}) {
        grant(admin, user, project, role);
      }
    }
    register("key-manager", barbican.url());
  }

  private void register(String type, String url) throws Exception {
    String admin = token("admin", "admin");
    String service =
        created(admin, "service", "{\"type\": \"%s\", \"name\": \"%s\"}".formatted(type, type));
    created(
        admin,
        "endpoint",
        "{\"service_id\": \"%s\", \"interface\": \"public\", \"region_id\": \"RegionOne\", \"url\": \"%s\"}"
            .formatted(service, url));
  }

  private String user(String admin, String name) throws Exception {
    return created(
        admin, "user", "{\"name\": \"%s\", \"password\": \"%s\"}".formatted(name, password));
  }

  private String created(String admin, String kind, String attributes) throws Exception {
    return send(
            "POST",
            keystoneUrl() + "/v3/" + kind + "s",
            admin,
            "{\"" + kind + "\": " + attributes + "}")
        .expect(201)
        .body()
        .path(kind)
        .path("id")
        .asString();
  }

  private void grant(String admin, String user, String project, String role) throws Exception {
    String id =
        send("GET", keystoneUrl() + "/v3/roles?name=" + role, admin, null)
            .expect(200)
            .body()
            .at("/roles/0/id")
            .asString();
    send(
            "PUT",
            keystoneUrl() + "/v3/projects/" + project + "/users/" + user + "/roles/" + id,
            admin,
            null)
        .expect(204);
  }

  String keystoneUrl() {
    return keystone.url();
  }

  String barbicanUrl() {
    return barbican.url();
  }

  /// The password of everybody.
  String password() {
    return password;
  }

  /// A fresh token.
  String token(String user, String project) throws Exception {
    String body =
        """
        {"auth": {"identity": {"methods": ["password"], "password": {"user": {
            "name": "%s", "password": "%s", "domain": {"id": "default"}}}},
          "scope": {"project": {"name": "%s", "domain": {"id": "default"}}}}}
        """
            .formatted(user, password, project);
    HttpResponse<byte[]> answer =
        http.send(
            request("POST", keystoneUrl() + "/v3/auth/tokens", "", body),
            BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as("login of " + user).isEqualTo(201);
    return answer.headers().firstValue("X-Subject-Token").orElseThrow();
  }

  /// The reference of a new secret of `demo`'s.
  String secret(byte[] pkcs12) throws Exception {
    return send(
            "POST",
            barbicanUrl() + "/v1/secrets",
            token("demo", "demo"),
            """
            {"name": "bundle", "payload": "%s", "payload_content_type": "application/octet-stream",
             "payload_content_encoding": "base64"}
            """
                .formatted(Base64.getEncoder().encodeToString(pkcs12)))
        .expect(201)
        .body()
        .path("secret_ref")
        .asString();
  }

  Api.Answer send(String method, String url, String token, @Nullable String body) throws Exception {
    HttpResponse<byte[]> answer =
        http.send(request(method, url, token, body), BodyHandlers.ofByteArray());
    JsonNode tree =
        answer.body().length == 0 ? MissingNode.getInstance() : JSON.readTree(answer.body());
    return new Api.Answer(answer.statusCode(), tree);
  }

  private static HttpRequest request(
      String method, String url, String token, @Nullable String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .header("OpenStack-API-Version", "key-manager 1.1")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    return (token.isEmpty() ? request : request.header("X-Auth-Token", token)).build();
  }

  @Override
  public void close() throws Exception {
    keystone.stop();
    barbican.stop();
  }
}
