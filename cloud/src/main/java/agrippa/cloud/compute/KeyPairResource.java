package agrippa.cloud.compute;

import agrippa.web.Json;
import agrippa.web.Reply;
import java.security.SecureRandom;
import java.time.InstantSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Key pairs, each a user's own.
final class KeyPairResource {
  private static final int MOST = 100;

  private final ComputeStore store;
  private final InstantSource clock;
  private final SecureRandom random;

  KeyPairResource(ComputeStore store, InstantSource clock, SecureRandom random) {
    this.store = store;
    this.clock = clock;
    this.random = random;
  }

  Reply list(Call call) {
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("keypairs");
    store.keyPairs(user(call)).forEach(it -> list.addObject().set("keypair", brief(it, call)));
    return Reply.json(200, body);
  }

  /// The caller, or whom an admin asks about.
  private static String user(Call call) {
    String own = call.caller().userId();
    String asked = call.since(10) ? call.request().query("user_id").orElse(own) : own;
    if (!asked.equals(own)) {
      call.needAdmin("os-keypairs:index");
    }
    return asked;
  }

  private static ObjectNode brief(KeyPair it, Call call) {
    ObjectNode json =
        Json.object()
            .put("name", it.name())
            .put("public_key", it.publicKey())
            .put("fingerprint", it.fingerprint());
    return call.since(2) ? json.put("type", "ssh") : json;
  }

  private KeyPair found(Call call) {
    String name = call.parameter("name");
    String user = user(call);
    return store
        .keyPair(user, name)
        .orElseThrow(() -> Refused.notFound("Keypair " + name + " not found for user " + user));
  }

  Reply show(Call call) {
    KeyPair it = found(call);
    ObjectNode body = Json.object();
    body.set(
        "keypair",
        brief(it, call)
            .put("user_id", it.user())
            .put("id", 1)
            .put("created_at", ServerJson.microseconds(it.created()))
            .putNull("updated_at")
            .putNull("deleted_at")
            .put("deleted", false));
    return Reply.json(200, body);
  }

  Reply create(Call call) {
    ObjectNode wanted = call.body("keypair");
    String name = ServerOrder.name(wanted, "name");
    if (!name.matches("[a-zA-Z0-9 @._-]{1,255}")) {
      throw Refused.bad("Keypair data is invalid: Keypair name contains unsafe characters");
    }
    if (!wanted.path("type").asString("ssh").equals("ssh")) {
      throw Refused.bad(
          "Keypairs of the type 'x509' are not supported here: servers are let in" + " by SSH.");
    }
    String user = owner(call, wanted);
    if (store.keyPairs(user).size() >= MOST) {
      throw Refused.of(403, "Quota exceeded, too many key pairs.");
    }
    String given = wanted.path("public_key").asString("").strip();
    OpenSsh.Generated generated = given.isEmpty() ? OpenSsh.generate(random) : null;
    String line = generated == null ? given : generated.publicLine();
    String fingerprint =
        OpenSsh.fingerprint(line)
            .orElseThrow(
                () -> Refused.bad("Keypair data is invalid: failed to generate fingerprint"));
    KeyPair it = new KeyPair(user, name, line, fingerprint, clock.instant());
    if (!store.add(it)) {
      throw Refused.conflict("Key pair '" + name + "' already exists.");
    }
    ObjectNode json = brief(it, call).put("user_id", user);
    if (generated != null) {
      json.put("private_key", generated.privateKey());
    }
    ObjectNode body = Json.object();
    body.set("keypair", json);
    return Reply.json(call.since(2) ? 201 : 200, body);
  }

  private static String owner(Call call, ObjectNode wanted) {
    String own = call.caller().userId();
    String owner = call.since(10) ? wanted.path("user_id").asString(own) : own;
    if (!owner.equals(own)) {
      call.needAdmin("os-keypairs:create");
    }
    return ServerOrder.checked("user_id", owner);
  }

  Reply delete(Call call) {
    store.remove(found(call));
    return Reply.empty(call.since(2) ? 204 : 202);
  }
}
