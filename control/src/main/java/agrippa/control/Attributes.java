package agrippa.control;

import agrippa.model.L7Rule;
import agrippa.model.ListenerTls.ClientAuthentication;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import java.util.List;
import java.util.Map;

/// What requests may say about each resource, in create and update alike: [Patch.Keep] in a
/// create means the default. Syntax (types, lengths, enumerations, ranges) is checked before;
/// meaning is not.
public sealed interface Attributes {

  /// Attributes that all share. Kinds without a name or description leave them at keep.
  record Common(
      Patch<String> name,
      Patch<String> description,
      Patch<List<String>> tags,
      Patch<Boolean> adminStateUp) {
    /// Nothing said.
    public static final Common NOTHING =
        new Common(Patch.keep(), Patch.keep(), Patch.keep(), Patch.keep());
  }

  record OfLoadBalancer(
      Common common,
      Patch<QosPolicyId> vipQosPolicy,
      Patch<List<SecurityGroupId>> vipSecurityGroups)
      implements Attributes {}

  record OfListener(
      Common common,
      Patch<Integer> connectionLimit,
      Patch<PoolId> defaultPool,
      Patch<String> defaultTlsContainer,
      Patch<List<String>> sniContainers,
      Patch<String> clientCa,
      Patch<ClientAuthentication> clientAuthentication,
      Patch<String> clientCrl,
      Patch<Map<String, String>> insertHeaders,
      Patch<Integer> timeoutClientData,
      Patch<Integer> timeoutMemberConnect,
      Patch<Integer> timeoutMemberData,
      Patch<Integer> timeoutTcpInspect,
      Patch<List<String>> allowedCidrs,
      Patch<String> tlsCiphers,
      Patch<List<String>> tlsVersions,
      Patch<List<String>> alpnProtocols,
      Patch<Integer> hstsMaxAge,
      Patch<Boolean> hstsIncludeSubdomains,
      Patch<Boolean> hstsPreload)
      implements Attributes {}

  record OfPool(
      Common common,
      Patch<Pool.Algorithm> algorithm,
      Patch<Persistence> persistence,
      Patch<Boolean> tlsEnabled,
      Patch<String> tlsContainer,
      Patch<String> caTlsContainer,
      Patch<String> crlContainer,
      Patch<String> tlsCiphers,
      Patch<List<String>> tlsVersions,
      Patch<List<String>> alpnProtocols)
      implements Attributes {}

  /// The `session_persistence` object as it was sent; an empty one sets nothing.
  record Persistence(
      Patch<String> type,
      Patch<String> cookieName,
      Patch<Integer> persistenceTimeout,
      Patch<String> persistenceGranularity) {}

  record OfMember(
      Common common,
      Patch<Integer> weight,
      Patch<Boolean> backup,
      Patch<String> monitorAddress,
      Patch<Integer> monitorPort)
      implements Attributes {}

  record OfHealthMonitor(
      Common common,
      Patch<Integer> delay,
      Patch<Integer> timeout,
      Patch<Integer> maxRetries,
      Patch<Integer> maxRetriesDown,
      Patch<String> httpMethod,
      Patch<String> urlPath,
      Patch<String> expectedCodes,
      Patch<Double> httpVersion,
      Patch<String> domainName)
      implements Attributes {}

  record OfL7Policy(
      Common common,
      Patch<String> action,
      Patch<PoolId> redirectPool,
      Patch<String> redirectUrl,
      Patch<String> redirectPrefix,
      Patch<Integer> redirectHttpCode,
      Patch<Integer> position)
      implements Attributes {}

  record OfL7Rule(
      Common common,
      Patch<L7Rule.Type> type,
      Patch<L7Rule.CompareType> compareType,
      Patch<String> key,
      Patch<String> value,
      Patch<Boolean> invert)
      implements Attributes {}
}
