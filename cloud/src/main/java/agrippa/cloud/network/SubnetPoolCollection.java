package agrippa.cloud.network;

import agrippa.cloud.network.SubnetPool.Lengths;
import agrippa.control.Caller;
import agrippa.model.ProjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Subnet pools. Only admins share them or make them the default, as in Neutron.
final class SubnetPoolCollection implements Collection<SubnetPool> {
  private static final int WIDEST_IPV4 = 8;
  private static final int WIDEST_IPV6 = 64;

  @Override
  public Kind kind() {
    return Kind.SUBNET_POOL;
  }

  @Override
  public SubnetPool create(Draft draft, Caller caller, Form form) {
    ProjectId owner = Access.owner(caller, form);
    Access.admin(caller, form, "shared", "create_subnetpool");
    form.required("name");
    form.required("prefixes");
    List<Cidr> prefixes = prefixes(form, List.of());
    int version = prefixes.getFirst().version();
    int widest = version == 4 ? WIDEST_IPV4 : WIDEST_IPV6;
    Lengths lengths = new Lengths(widest, version == 4 ? 32 : 128, widest);
    SubnetPool pool =
        new SubnetPool(
            draft.meta(owner, "", ""),
            form.flag("shared", false),
            false,
            prefixes,
            lengths(form, lengths, true),
            null);
    SubnetPool filled = filled(draft.state(), caller, pool, form);
    draft.add(filled);
    return filled;
  }

  @Override
  public SubnetPool update(Draft draft, Caller caller, SubnetPool before, Form form) {
    form.project();
    form.fixed("shared");
    form.fixed("ip_version");
    List<Cidr> prefixes = prefixes(form, before.prefixes());
    SubnetPool after =
        new SubnetPool(
            before.meta(),
            before.shared(),
            before.isDefault(),
            prefixes,
            lengths(form, before.lengths(), false),
            before.quota());
    if (!before.prefixes().stream().allMatch(after::contains)) {
      throw Fault.badRequest(
          "IllegalSubnetPoolPrefixUpdate",
          "Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.");
    }
    return draft.change(filled(draft.state(), caller, after, form));
  }

  private static List<Cidr> prefixes(Form form, List<Cidr> fallback) {
    List<Cidr> prefixes = form.list("prefixes", fallback, it -> Form.cidr("prefixes", it));
    if (prefixes.isEmpty()) {
      throw Fault.badRequest("EmptySubnetPoolPrefixList", "Empty subnet pool prefix list.");
    }
    if (prefixes.stream().map(Cidr::version).distinct().count() > 1) {
      throw Fault.badRequest(
          "PrefixVersionMismatch", "Cannot mix IPv4 and IPv6 prefixes in a subnet pool.");
    }
    return prefixes;
  }

  /// @param likeShortest whether subnets are as wide as they may be if nothing else is said
  private static Lengths lengths(Form form, Lengths base, boolean likeShortest) {
    int bits = base.longest() > 32 || base.shortest() > 32 ? 128 : 32;
    int shortest = form.number("min_prefixlen", base.shortest(), 0, bits);
    int longest = form.number("max_prefixlen", base.longest(), 0, bits);
    int usual = form.number("default_prefixlen", likeShortest ? shortest : base.usual(), 0, bits);
    ordered("min_prefixlen", shortest, "max_prefixlen", longest);
    ordered("min_prefixlen", shortest, "default_prefixlen", usual);
    ordered("default_prefixlen", usual, "max_prefixlen", longest);
    return new Lengths(shortest, longest, usual);
  }

  private static void ordered(String less, int small, String more, int big) {
    if (small > big) {
      throw Fault.badRequest(
          "IllegalSubnetPoolPrefixBounds",
          "Illegal prefix bounds: %s=%d, %s=%d.".formatted(less, small, more, big));
    }
  }

  private static SubnetPool filled(NetworkState state, Caller caller, SubnetPool base, Form form) {
    Meta meta = base.meta();
    Access.admin(caller, form, "is_default", "create_subnetpool");
    form.nothing("address_scope_id", "Address scope");
    SubnetPool pool =
        new SubnetPool(
            meta.labelled(
                form.text("name", meta.name()), form.text("description", meta.description())),
            base.shared(),
            form.flag("is_default", base.isDefault()),
            base.prefixes(),
            base.lengths(),
            quota(form, base.quota()));
    form.end();
    if (pool.isDefault()) {
      mustBeOnlyDefault(state, pool);
    }
    return pool;
  }

  private static @Nullable Integer quota(Form form, @Nullable Integer fallback) {
    Integer quota = form.number("default_quota", fallback);
    if (quota != null && quota < 0) {
      throw Fault.invalid("default_quota", "'" + quota + "' should be non-negative.");
    }
    return quota;
  }

  private static void mustBeOnlyDefault(NetworkState state, SubnetPool pool) {
    SubnetAllocation.defaultPool(state, pool.version())
        .filter(it -> !it.id().equals(pool.id()))
        .ifPresent(
            it -> {
              throw Fault.senseless(
                  "A default subnetpool for this IP family has already been set. "
                      + "Only one default may exist per IP family");
            });
  }

  @Override
  public void delete(Draft draft, Caller caller, SubnetPool it) {
    if (draft.state().subnets().anyMatch(subnet -> it.id().equals(subnet.subnetPool()))) {
      throw Fault.badRequest(
          "SubnetPoolDeleteError",
          "Unable to delete subnet pool: Subnet pool has existing allocations.");
    }
    draft.remove(it);
  }

  @Override
  public ObjectNode show(NetworkState state, Caller caller, SubnetPool it) {
    return it.json();
  }
}
