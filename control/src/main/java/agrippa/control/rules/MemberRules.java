package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;
import static agrippa.control.rules.RefusedException.invalidOption;
import static agrippa.control.rules.RefusedException.unknownReference;

import agrippa.control.Change.CreateMember;
import agrippa.control.Change.NewMember;
import agrippa.control.Change.ReplaceMembers;
import agrippa.control.Change.UpdateMember;
import agrippa.control.Kind;
import agrippa.control.Patch;
import agrippa.control.Refusal;
import agrippa.model.Countable;
import agrippa.model.Labels;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.MemberId;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.SubnetId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Members.
final class MemberRules {
  private static final int STANDARD_WEIGHT = 1;

  private final Terms terms;

  MemberRules(Terms terms) {
    this.terms = terms;
  }

  LoadBalancerTree create(LoadBalancerTree tree, Pool pool, CreateMember change, MemberId id) {
    var given = change.member();
    requireNotReserved(given);
    requireSubnet(given.subnet());
    terms.requireRoom(tree, Countable.MEMBER, 1);
    requireNoSriov(given);
    requireMutable(tree, pool);
    requireNew(pool.members(), given);
    var member = build(id, given, pool.monitor() != null);
    return Marks.along(tree, pool)
        .mapPool(pool.id(), it -> it.withMembers(Lists.plus(it.members(), member)));
  }

  /// The members of a new pool.
  List<Member> graph(List<NewMember> wanted, boolean monitored) {
    var members = new ArrayList<Member>();
    for (var given : wanted) {
      requireNotReserved(given);
      requireNoSriov(given);
      requireNew(members, given);
      members.add(build(new MemberId(terms.ids().get()), given, monitored));
    }
    return members;
  }

  private static void requireMutable(LoadBalancerTree tree, Pool pool) {
    Marks.require(pool.lifecycle(), Kind.POOL, pool.id());
    Marks.requireMutable(tree);
  }

  private void requireNotReserved(NewMember given) {
    if (terms.settings().reservedAddresses().stream()
        .anyMatch(it -> Cidr.sameAddress(it, given.address()))) {
      throw invalidOption(given.address(), "member address");
    }
  }

  private void requireSubnet(Patch<SubnetId> given) {
    if (given instanceof Patch.Set<SubnetId>(var id) && terms.world().subnet(id).isEmpty()) {
      throw unknownReference(Kind.SUBNET, id);
    }
  }

  private static void requireNoSriov(NewMember given) {
    if (given.requestSriov()) {
      throw new RefusedException(new Refusal.SriovNotAllowed());
    }
  }

  private static void requireNew(List<Member> members, NewMember given) {
    if (members.stream().anyMatch(it -> Place.of(it).equals(Place.of(given)))) {
      throw new RefusedException(
          new Refusal.DuplicateMember(given.address(), given.protocolPort()));
    }
  }

  private Member build(MemberId id, NewMember given, boolean monitored) {
    var attributes = given.attributes();
    return new Member(
        id,
        Naming.labels(attributes.common(), Labels.NONE),
        Naming.adminStateUp(attributes.common(), true),
        given.address(),
        given.protocolPort(),
        attributes.weight().over(STANDARD_WEIGHT, STANDARD_WEIGHT),
        attributes.backup().over(false, false),
        given.subnet().orNull(null),
        attributes.monitorAddress().value(),
        attributes.monitorPort().value(),
        Marks.created(
            terms.now(), monitored ? OperatingStatus.OFFLINE : OperatingStatus.NO_MONITOR));
  }

  LoadBalancerTree update(LoadBalancerTree tree, Pool pool, Member old, UpdateMember change) {
    requireMutable(tree, pool);
    var given = change.attributes();
    var next =
        new Member(
            old.id(),
            Naming.labels(given.common(), old.labels()),
            Naming.adminStateUp(given.common(), old.adminStateUp()),
            old.address(),
            old.protocolPort(),
            given.weight().over(old.weight(), STANDARD_WEIGHT),
            given.backup().over(old.backup(), false),
            old.subnet(),
            given.monitorAddress().orNull(old.monitorAddress()),
            given.monitorPort().orNull(old.monitorPort()),
            Marks.updated(old.lifecycle(), terms.now()));
    return Marks.along(tree, pool)
        .mapPool(
            pool.id(),
            it ->
                it.withMembers(
                    it.members().stream()
                        .map(one -> one.id().equals(old.id()) ? next : one)
                        .toList()));
  }

  LoadBalancerTree delete(LoadBalancerTree tree, Pool pool, Member member) {
    requireMutable(tree, pool);
    return Marks.along(tree, pool)
        .mapPool(
            pool.id(),
            it ->
                it.withMembers(
                    it.members().stream()
                        .map(one -> one.id().equals(member.id()) ? gone(one) : one)
                        .toList()));
  }

  private static Member gone(Member member) {
    return member.with(Marks.deleted(member.lifecycle()));
  }

  /// Members are matched by address and port. The tree stays as it is if nothing is asked for.
  LoadBalancerTree replace(LoadBalancerTree tree, Pool pool, ReplaceMembers change) {
    requireMutable(tree, pool);
    var existing = new HashMap<Place, Member>();
    pool.members().forEach(it -> existing.put(Place.of(it), it));
    var updates = new HashMap<MemberId, Member>();
    var created = new ArrayList<Member>();
    for (var given : change.members()) {
      var old = existing.get(Place.of(given));
      if (old == null) {
        created.add(createInBatch(given, created, pool));
      } else if (updates.put(old.id(), updateInBatch(old, given)) != null) {
        throw invalid("Member must be updated only once in the same request.");
      }
    }
    var deleted = change.additiveOnly() ? Set.<MemberId>of() : others(pool, updates);
    terms.requireRoom(tree, Countable.MEMBER, created.size() - deleted.size());
    if (updates.isEmpty() && created.isEmpty() && deleted.isEmpty()) {
      return tree;
    }
    var members = new ArrayList<Member>();
    for (var old : pool.members()) {
      members.add(deleted.contains(old.id()) ? gone(old) : updates.getOrDefault(old.id(), old));
    }
    members.addAll(created);
    return Marks.along(tree, pool).mapPool(pool.id(), it -> it.withMembers(members));
  }

  private Member createInBatch(NewMember given, List<Member> others, Pool pool) {
    requireNotReserved(given);
    requireSubnet(given.subnet());
    requireNoSriov(given);
    requireNew(others, given);
    return build(new MemberId(terms.ids().get()), given, pool.monitor() != null);
  }

  /// What a batch does not say goes back to its default, but for name, tags and subnet.
  private Member updateInBatch(Member old, NewMember given) {
    var attributes = given.attributes();
    return new Member(
        old.id(),
        Naming.labels(attributes.common(), old.labels()),
        Naming.adminStateUp(attributes.common(), true),
        old.address(),
        old.protocolPort(),
        attributes.weight().over(STANDARD_WEIGHT, STANDARD_WEIGHT),
        attributes.backup().over(false, false),
        given.subnet().orNull(old.subnet()),
        attributes.monitorAddress().value(),
        attributes.monitorPort().value(),
        Marks.updated(old.lifecycle(), terms.now()));
  }

  private static Set<MemberId> others(Pool pool, Map<MemberId, Member> kept) {
    var others = new HashSet<MemberId>();
    pool.members().stream()
        .map(Member::id)
        .filter(it -> !kept.containsKey(it))
        .forEach(others::add);
    return others;
  }

  /// What makes a member unique in its pool; addresses count as they are written.
  private record Place(String address, int port) {
    static Place of(Member member) {
      return new Place(member.address(), member.protocolPort());
    }

    static Place of(NewMember member) {
      return new Place(member.address(), member.protocolPort());
    }
  }
}
