package agrippa.control;

import agrippa.model.Countable;
import agrippa.model.ListenerProtocol;
import agrippa.model.ProvisioningStatus;
import java.util.List;

/// Why a change may not happen, as data; the HTTP edge alone knows codes and texts.
public sealed interface Refusal {

  /// The thing addressed, or one that the change hangs on, does not exist.
  record NotFound(Kind kind, String id) implements Refusal {}

  /// Something that the request refers to in another service does not exist.
  record ReferenceNotFound(Kind kind, String id) implements Refusal {}

  /// The caller may not do this.
  record Forbidden() implements Refusal {}

  /// The project has as much of this as it may.
  record QuotaMet(Countable kind) implements Refusal {}

  /// The request makes no sense.
  ///
  /// @param detail what is wrong, in Octavia's words without its `Validation failure: `
  record Invalid(String detail) implements Refusal {}

  /// A value is wrong for an option: `<value> is not a valid option for <option>`.
  record InvalidOption(String value, String option) implements Refusal {}

  /// The operator switched something off.
  record NotAllowed(String option, String value) implements Refusal {}

  /// A pool of a graph is not defined well enough.
  record MissingDetails(String type, String name) implements Refusal {}

  record InvalidL7Policy(String detail) implements Refusal {}

  record InvalidL7Rule(String detail) implements Refusal {}

  record PrometheusHasNoChildren() implements Refusal {}

  record CertificatesUnreadable(List<String> references) implements Refusal {}

  /// A PKCS#12 bundle cannot be opened.
  record BundleUnreadable(String detail) implements Refusal {}

  /// A certificate holds neither a common name nor a DNS name.
  record CertificateWithoutNames() implements Refusal {}

  /// The load balancer, or a part that Octavia tests on its own, is not ACTIVE.
  record Immutable(Kind kind, String id) implements Refusal {}

  /// The load balancer itself is not in a state that allows this.
  record InvalidState(ProvisioningStatus status, String loadBalancer) implements Refusal {}

  record DuplicateListener(ListenerProtocol existing, int protocolPort) implements Refusal {}

  record DuplicateMember(String address, int protocolPort) implements Refusal {}

  record DuplicateHealthMonitor() implements Refusal {}

  record DuplicateDefaultPool() implements Refusal {}

  /// Something else has it, and would not like it to change.
  record InUse(Kind kind, String id) implements Refusal {}

  /// Another one of its kind has this name.
  record NameTaken(Kind kind, String name) implements Refusal {}

  /// A flavor is one of another provider.
  record FlavorIncompatible(String flavor, String provider) implements Refusal {}

  record PoolInUse(String pool, String policy) implements Refusal {}

  /// A member asks for SR-IOV, which no flavor of the load balancer grants.
  record SriovNotAllowed() implements Refusal {}

  record TooManyRules(String policy) implements Refusal {}

  /// The VIP's address is taken.
  record VipInUse(String detail) implements Refusal {}

  record ProviderNotEnabled(String provider) implements Refusal {}

  /// The provider cannot do something that was asked for.
  record UnsupportedOption(String provider, String detail) implements Refusal {}

  /// The provider cannot do what was asked for at all.
  record UnsupportedAction(String provider, String detail) implements Refusal {}

  /// The provider, or a service behind it, failed.
  record ProviderFailed(String provider, String detail) implements Refusal {}
}
