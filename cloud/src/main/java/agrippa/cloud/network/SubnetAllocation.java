package agrippa.cloud.network;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Cuts new subnets from subnet pools: a prefix that was asked for, or the lowest one that is free.
final class SubnetAllocation {
  private final NetworkState state;
  private final SubnetPool pool;
  private final List<Cidr> taken;

  private SubnetAllocation(NetworkState state, SubnetPool pool) {
    this.state = state;
    this.pool = pool;
    this.taken =
        state.subnets().filter(it -> pool.id().equals(it.subnetPool())).map(Subnet::cidr).toList();
  }

  /// The pool of an IP version that is meant if none is named.
  static Optional<SubnetPool> defaultPool(NetworkState state, int version) {
    return state.subnetPools().filter(it -> it.isDefault() && it.version() == version).findFirst();
  }

  /// The pool that a new subnet names, or null if it names none.
  static @Nullable SubnetPool pool(NetworkState state, Caller caller, Form form) {
    UUID id = form.id("subnetpool_id", null);
    boolean usual = form.flag("use_default_subnetpool", false);
    if (id == null && !usual) {
      form.nothing("prefixlen", "Subnet pool");
      return null;
    }
    if (id != null && usual) {
      throw Fault.senseless("subnetpool_id and use_default_subnetpool cannot both be specified");
    }
    form.required("ip_version");
    int version = form.number("ip_version", 4, 4, 6);
    SubnetPool pool =
        Optional.ofNullable(id)
            .map(it -> state.subnetPool(it).filter(one -> Access.sees(caller, state, one)))
            .orElseGet(() -> defaultPool(state, version))
            .orElseThrow(
                () -> Fault.notFound(Kind.SUBNET_POOL, id == null ? "default" : id.toString()));
    if (pool.version() != version) {
      throw Fault.senseless(
          "Cannot allocate IPv%d subnet from IPv%d subnet pool".formatted(version, pool.version()));
    }
    return pool;
  }

  /// Cuts what a new subnet asks for.
  ///
  /// @throws Fault if it cannot be had
  static Cidr cut(NetworkState state, SubnetPool pool, ProjectId owner, Form form) {
    SubnetAllocation allocation = new SubnetAllocation(state, pool);
    JsonNode wanted = form.anything("cidr");
    Cidr cidr =
        wanted == null
            ? allocation.lowest(allocation.length(form))
            : allocation.checked(SubnetCollection.cidr(form));
    allocation.mustBeWithinQuota(owner, cidr);
    return cidr;
  }

  private int length(Form form) {
    SubnetPool.Lengths lengths = pool.lengths();
    int bits = pool.version() == 4 ? 32 : 128;
    return bounded(form.number("prefixlen", lengths.usual(), 0, bits));
  }

  private int bounded(int length) {
    SubnetPool.Lengths lengths = pool.lengths();
    if (length < lengths.shortest()) {
      throw Fault.badRequest(
          "MinPrefixSubnetAllocationError",
          "Unable to allocate subnet with prefix length %d, minimum allowed prefix is %d."
              .formatted(length, lengths.shortest()));
    }
    if (length > lengths.longest()) {
      throw Fault.badRequest(
          "MaxPrefixSubnetAllocationError",
          "Unable to allocate subnet with prefix length %d, maximum allowed prefix is %d."
              .formatted(length, lengths.longest()));
    }
    return length;
  }

  private Cidr checked(Cidr cidr) {
    bounded(cidr.prefixLength());
    if (!pool.contains(cidr) || taken.stream().anyMatch(cidr::overlaps)) {
      throw failed("Cannot allocate requested subnet from the available set of prefixes");
    }
    return cidr;
  }

  private Cidr lowest(int length) {
    for (Cidr prefix : pool.prefixes()) {
      Cidr free = prefix.prefixLength() <= length ? lowest(prefix, length) : null;
      if (free != null) {
        return free;
      }
    }
    throw failed("Insufficient prefix space to allocate subnet size /" + length);
  }

  /// Steps over what is taken, so that it ends after as many steps.
  private @Nullable Cidr lowest(Cidr prefix, int length) {
    Cidr at = new Cidr(prefix.first(), length);
    while (at != null && prefix.contains(at)) {
      Cidr candidate = at;
      Optional<Cidr> obstacle = taken.stream().filter(candidate::overlaps).findFirst();
      if (obstacle.isEmpty()) {
        return candidate;
      }
      Cidr wider = obstacle.get().prefixLength() < length ? obstacle.get() : candidate;
      at = after(wider.last(), length);
    }
    return null;
  }

  private @Nullable Cidr after(InetAddress last, int length) {
    BigInteger next = Addresses.number(last).add(BigInteger.ONE);
    boolean end = next.bitLength() > last.getAddress().length * 8;
    return end ? null : new Cidr(Addresses.of(next, pool.version()), length);
  }

  private void mustBeWithinQuota(ProjectId owner, Cidr cidr) {
    Integer quota = pool.quota();
    if (quota == null) {
      return;
    }
    BigInteger used =
        state
            .subnets()
            .filter(it -> pool.id().equals(it.subnetPool()) && it.project().equals(owner))
            .map(it -> size(it.cidr()))
            .reduce(size(cidr), BigInteger::add);
    if (used.compareTo(BigInteger.valueOf(quota)) > 0) {
      throw Fault.conflict(
          "SubnetPoolQuotaExceeded", "Per-tenant subnet pool prefix quota exceeded.");
    }
  }

  /// In the units of quotas: addresses, or /64 networks of IPv6.
  private static BigInteger size(Cidr cidr) {
    int bits = cidr.version() == 4 ? 32 : 64;
    return BigInteger.ONE.shiftLeft(Math.max(0, bits - cidr.prefixLength()));
  }

  private static Fault failed(String reason) {
    return Fault.conflict("SubnetAllocationError", "Failed to allocate subnet: " + reason + ".");
  }
}
