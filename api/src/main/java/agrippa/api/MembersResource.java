package agrippa.api;

import agrippa.api.wire.MemberJson;
import agrippa.api.wire.Part;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.control.Kind;
import agrippa.control.Verdict;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.MemberId;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/// `/pools/{pool}/members`.
final class MembersResource {
  private static final Listing<Part<Pool, Member>> LISTING =
      new Listing<>(
          "members",
          MemberJson.SHAPE,
          it -> it.it().id().toString(),
          it -> it.it().labels().tags());

  static final Described OPERATIONS =
      new Described(
          "Members",
          "a member",
          "member",
          LISTING,
          MemberJson.SCHEMA,
          MemberJson.POST,
          MemberJson.PUT);

  private final Gateway gateway;

  MembersResource(Gateway gateway) {
    this.gateway = gateway;
  }

  Reply list(Request request) {
    return in(
        request,
        (tree, pool) -> {
          gateway.require(Subject.MEMBER.to(Verb.GET_ALL), tree);
          return LISTING.page(gateway.maxLimit(), request, parts(tree, pool));
        });
  }

  Reply create(Request request) {
    return in(
        request,
        (tree, pool) -> {
          Gateway.onlyArguments(request);
          Change change =
              new Change.CreateMember(pool.id(), MemberJson.POST.read(Gateway.body(request)));
          return gateway.submit(change, it -> shown(201, pool.id(), it));
        });
  }

  Reply replace(Request request) {
    return in(
        request,
        (tree, pool) -> {
          Gateway.onlyArguments(request, "additive_only");
          List<Change.NewMember> members = MemberJson.BATCH.read(Gateway.body(request));
          boolean additive = Gateway.flag(request, "additive_only");
          return gateway.submit(
              new Change.ReplaceMembers(pool.id(), members, additive), it -> Reply.empty(202));
        });
  }

  Reply show(Request request) {
    return in(
        request,
        (tree, pool) -> {
          String text = request.parameter("id");
          Optional<Part<Pool, Member>> member =
              Gateway.id(text).map(MemberId::new).flatMap(it -> part(tree, pool.id(), it));
          return Gateway.show(
              request,
              "member",
              MemberJson.SHAPE,
              gateway.found(
                  Subject.MEMBER.to(Verb.GET_ONE), member, Kind.MEMBER, text, Part::tree));
        });
  }

  Reply update(Request request) {
    return in(
        request,
        (tree, pool) -> {
          Gateway.onlyArguments(request);
          Attributes.OfMember attributes = MemberJson.PUT.read(Gateway.body(request));
          return gateway.submit(
              new Change.UpdateMember(pool.id(), id(request), attributes),
              it -> shown(200, pool.id(), it));
        });
  }

  Reply delete(Request request) {
    return in(
        request,
        (tree, pool) -> {
          Gateway.onlyArguments(request);
          return gateway.submit(
              new Change.DeleteMember(pool.id(), id(request)), it -> Reply.empty(204));
        });
  }

  /// Octavia looks for the pool on its way to the handler, and misses it in the framework's words.
  private Reply in(Request request, BiFunction<LoadBalancerTree, Pool, Reply> answer) {
    String text = request.parameter("pool");
    Optional<PoolId> id = Gateway.id(text).map(PoolId::new);
    return id.flatMap(gateway.inventory()::treeOf)
        .flatMap(tree -> id.flatMap(tree::pool).map(pool -> answer.apply(tree, pool)))
        .orElseGet(() -> Faults.framework(404, "Bad Request", "Pool " + text + " not found."));
  }

  private static MemberId id(Request request) {
    return new MemberId(Gateway.id(Kind.MEMBER, request.parameter("id")));
  }

  private static Reply shown(int status, PoolId pool, Verdict.Accepted accepted) {
    Part<Pool, Member> member =
        part(accepted.tree(), pool, new MemberId(accepted.subject())).orElseThrow();
    return Gateway.wrapped(status, "member", MemberJson.SHAPE.json(member));
  }

  private static Optional<Part<Pool, Member>> part(
      LoadBalancerTree tree, PoolId pool, MemberId id) {
    return tree.pool(pool).stream()
        .flatMap(it -> parts(tree, it))
        .filter(it -> it.it().id().equals(id))
        .findFirst();
  }

  private static Stream<Part<Pool, Member>> parts(LoadBalancerTree tree, Pool pool) {
    return pool.members().stream().map(it -> new Part<>(tree, pool, it));
  }
}
