package agrippa.api;

/// Bodies of fully populated load balancers.
final class GraphBodies {
  /// Needs a subnet.
  static final String FULL =
      """
      {"loadbalancer": {"vip_subnet_id": "%s", "name": "lb", "listeners": [
        {"protocol": "HTTP", "protocol_port": 80, "default_pool": {
          "name": "p", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
          "healthmonitor": {"type": "HTTP", "delay": 3, "timeout": 1, "max_retries": 2},
          "members": [{"address": "192.0.2.16", "protocol_port": 80}]}},
        {"protocol": "HTTP", "protocol_port": 8080, "l7policies": [
          {"action": "REDIRECT_TO_POOL", "redirect_pool": {"name": "p"},
            "rules": [{"type": "PATH", "compare_type": "STARTS_WITH", "value": "/api"}]}]}]}}""";

  private GraphBodies() {}
}
