package agrippa.control.access;

/// Something that a rule speaks of.
///
/// @param subject what it is done to
/// @param verb what is done
public record Action(Subject subject, Verb verb) {
  static final String PREFIX = "os_load-balancer_api:";

  /// Kinds of resources, as rules name them.
  public enum Subject {
    LOAD_BALANCER("loadbalancer"),
    LISTENER("listener"),
    POOL("pool"),
    MEMBER("member"),
    HEALTH_MONITOR("healthmonitor"),
    L7_POLICY("l7policy"),
    L7_RULE("l7rule"),
    QUOTA("quota"),
    PROVIDER("provider"),
    PROVIDER_FLAVOR("provider-flavor"),
    PROVIDER_AVAILABILITY_ZONE("provider-availability-zone"),
    FLAVOR("flavor"),
    FLAVOR_PROFILE("flavor-profile"),
    AVAILABILITY_ZONE("availability-zone"),
    AVAILABILITY_ZONE_PROFILE("availability-zone-profile"),
    AMPHORA("amphora");

    private final String name;

    Subject(String name) {
      this.name = name;
    }

    public Action to(Verb verb) {
      return new Action(this, verb);
    }
  }

  /// What can be done, as rules name it.
  public enum Verb {
    GET_ALL("get_all"),
    /// Lists over all projects.
    GET_ALL_GLOBAL("get_all-global"),
    GET_ONE("get_one"),
    GET_STATS("get_stats"),
    GET_STATUS("get_status"),
    GET_DEFAULTS("get_defaults"),
    POST("post"),
    POST_VIP_SECURITY_GROUPS("post:vip_sg_ids"),
    PUT("put"),
    PUT_VIP_SECURITY_GROUPS("put:vip_sg_ids"),
    PUT_CONFIG("put_config"),
    PUT_FAILOVER("put_failover"),
    DELETE("delete");

    private final String name;

    Verb(String name) {
      this.name = name;
    }
  }

  /// The rule that decides about it.
  String rule() {
    return PREFIX + subject.name + ":" + verb.name;
  }
}
