package agrippa.control.rules;

import static agrippa.control.access.Action.Verb.DELETE;
import static agrippa.control.access.Action.Verb.POST;
import static agrippa.control.access.Action.Verb.POST_VIP_SECURITY_GROUPS;
import static agrippa.control.access.Action.Verb.PUT;
import static agrippa.control.access.Action.Verb.PUT_FAILOVER;
import static agrippa.control.access.Action.Verb.PUT_VIP_SECURITY_GROUPS;

import agrippa.control.Change;
import agrippa.control.Patch;
import agrippa.control.access.Action;
import agrippa.control.access.Action.Subject;
import java.util.List;

/// What a caller must be allowed to do for a change to be made.
final class Demands {
  private Demands() {}

  static List<Action> of(Change change) {
    return switch (change) {
      case Change.CreateLoadBalancer it ->
          it.attributes().vipSecurityGroups() instanceof Patch.Set
              ? List.of(
                  Subject.LOAD_BALANCER.to(POST),
                  Subject.LOAD_BALANCER.to(POST_VIP_SECURITY_GROUPS))
              : List.of(Subject.LOAD_BALANCER.to(POST));
      case Change.UpdateLoadBalancer it ->
          it.attributes().vipSecurityGroups() instanceof Patch.Keep
              ? List.of(Subject.LOAD_BALANCER.to(PUT))
              : List.of(
                  Subject.LOAD_BALANCER.to(PUT), Subject.LOAD_BALANCER.to(PUT_VIP_SECURITY_GROUPS));
      case Change.DeleteLoadBalancer ignored -> List.of(Subject.LOAD_BALANCER.to(DELETE));
      case Change.FailOver ignored -> List.of(Subject.LOAD_BALANCER.to(PUT_FAILOVER));
      case Change.FailOverAmphora ignored -> List.of(Subject.AMPHORA.to(PUT_FAILOVER));
      case Change.CreateListener ignored -> List.of(Subject.LISTENER.to(POST));
      case Change.UpdateListener ignored -> List.of(Subject.LISTENER.to(PUT));
      case Change.DeleteListener ignored -> List.of(Subject.LISTENER.to(DELETE));
      case Change.CreatePool ignored -> List.of(Subject.POOL.to(POST));
      case Change.UpdatePool ignored -> List.of(Subject.POOL.to(PUT));
      case Change.DeletePool ignored -> List.of(Subject.POOL.to(DELETE));
      case Change.CreateMember ignored -> List.of(Subject.MEMBER.to(POST));
      case Change.UpdateMember ignored -> List.of(Subject.MEMBER.to(PUT));
      case Change.DeleteMember ignored -> List.of(Subject.MEMBER.to(DELETE));
      case Change.ReplaceMembers it ->
          it.additiveOnly()
              ? List.of(Subject.MEMBER.to(POST), Subject.MEMBER.to(PUT))
              : List.of(Subject.MEMBER.to(POST), Subject.MEMBER.to(PUT), Subject.MEMBER.to(DELETE));
      case Change.CreateHealthMonitor ignored -> List.of(Subject.HEALTH_MONITOR.to(POST));
      case Change.UpdateHealthMonitor ignored -> List.of(Subject.HEALTH_MONITOR.to(PUT));
      case Change.DeleteHealthMonitor ignored -> List.of(Subject.HEALTH_MONITOR.to(DELETE));
      case Change.CreateL7Policy ignored -> List.of(Subject.L7_POLICY.to(POST));
      case Change.UpdateL7Policy ignored -> List.of(Subject.L7_POLICY.to(PUT));
      case Change.DeleteL7Policy ignored -> List.of(Subject.L7_POLICY.to(DELETE));
      case Change.CreateL7Rule ignored -> List.of(Subject.L7_RULE.to(POST));
      case Change.UpdateL7Rule ignored -> List.of(Subject.L7_RULE.to(PUT));
      case Change.DeleteL7Rule ignored -> List.of(Subject.L7_RULE.to(DELETE));
    };
  }
}
