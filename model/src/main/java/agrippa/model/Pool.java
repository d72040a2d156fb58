package agrippa.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Members that serve the same thing.
///
/// @param members in the order of their creation
public record Pool(
    PoolId id,
    Labels labels,
    boolean adminStateUp,
    PoolProtocol protocol,
    Algorithm algorithm,
    @Nullable SessionPersistence persistence,
    PoolTls tls,
    List<Member> members,
    @Nullable HealthMonitor monitor,
    Lifecycle lifecycle) {
  public Pool {
    members = List.copyOf(members);
  }

  /// How a member is chosen; Octavia's `lb_algorithm`.
  public enum Algorithm {
    ROUND_ROBIN,
    LEAST_CONNECTIONS,
    SOURCE_IP,
    SOURCE_IP_PORT
  }

  public Pool with(Lifecycle next) {
    return new Pool(
        id, labels, adminStateUp, protocol, algorithm, persistence, tls, members, monitor, next);
  }

  public Pool withMembers(List<Member> next) {
    return new Pool(
        id, labels, adminStateUp, protocol, algorithm, persistence, tls, next, monitor, lifecycle);
  }

  public Pool withMonitor(@Nullable HealthMonitor next) {
    return new Pool(
        id, labels, adminStateUp, protocol, algorithm, persistence, tls, members, next, lifecycle);
  }
}
