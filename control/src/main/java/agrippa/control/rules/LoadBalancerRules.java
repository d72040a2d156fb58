package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;

import agrippa.control.Change.CreateLoadBalancer;
import agrippa.control.Change.DeleteLoadBalancer;
import agrippa.control.Change.FailOver;
import agrippa.control.Change.FailOverAmphora;
import agrippa.control.Change.UpdateLoadBalancer;
import agrippa.control.Refusal;
import agrippa.control.spi.Networks.VipClaim.Claimed;
import agrippa.model.Countable;
import agrippa.model.Labels;
import agrippa.model.LoadBalancer;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Placement;
import agrippa.model.ProjectId;
import agrippa.model.Vip;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Load balancers themselves.
final class LoadBalancerRules {
  private final Terms terms;

  LoadBalancerRules(Terms terms) {
    this.terms = terms;
  }

  Plan.Claim create(CreateLoadBalancer change) {
    var project = project(change.project());
    terms.requireAllowed(change, project);
    var vips = new VipRules(terms.world());
    var wish = vips.choose(change.vip(), change.attributes());
    var placement = new Placement(change.flavor(), change.availabilityZone());
    var placements = new PlacementRules(terms.catalog());
    placements.requireOffered(placement);
    var provider = provider(change.provider(), placement, placements);
    terms.requireRoom(project, Countable.LOAD_BALANCER, 1);
    placements.requireSupport(placement, provider);
    placements.requireNetwork(placement, wish.network());
    var parts = new GraphRules(terms, project).build(change, VipFacts.of(wish, terms.world()));
    var id = new LoadBalancerId(terms.ids().get());
    return new Plan.Claim(
        id,
        project,
        provider,
        wish,
        claimed -> tree(id, project, provider, placement, change, parts, claimed));
  }

  private LoadBalancerTree tree(
      LoadBalancerId id,
      ProjectId project,
      String provider,
      Placement placement,
      CreateLoadBalancer change,
      GraphRules.Parts parts,
      Claimed claimed) {
    var common = change.attributes().common();
    var loadBalancer =
        new LoadBalancer(
            id,
            project,
            Naming.labels(common, Labels.NONE),
            Naming.adminStateUp(common, true),
            claimed.vip(),
            claimed.additional(),
            provider,
            placement,
            0,
            Marks.created(terms.now()));
    return new LoadBalancerTree(loadBalancer, 0, parts.listeners(), parts.pools());
  }

  private ProjectId project(@Nullable ProjectId asked) {
    var project = asked != null ? asked : terms.caller().project();
    if (project == null) {
      throw invalid(
          "Missing project ID in request where one is required. An administrator should check the"
              + " keystone settings in the Octavia configuration.");
    }
    return project;
  }

  private String provider(@Nullable String asked, Placement placement, PlacementRules placements) {
    var providers = terms.settings().providers();
    var name = placements.provider(asked, placement, providers.standard());
    if (!providers.descriptions().containsKey(name)) {
      throw new RefusedException(new Refusal.ProviderNotEnabled(name));
    }
    return name;
  }

  LoadBalancerTree update(LoadBalancerTree tree, UpdateLoadBalancer change) {
    var vips = new VipRules(terms.world());
    var attributes = change.attributes();
    vips.requireQos(attributes.vipQosPolicy());
    vips.requireSecurityGroups(attributes.vipSecurityGroups().over(List.of(), List.of()));
    Marks.requireActive(tree);
    var old = tree.loadBalancer();
    var vip = old.vip();
    var next =
        new LoadBalancer(
            old.id(),
            old.project(),
            Naming.labels(attributes.common(), old.labels()),
            Naming.adminStateUp(attributes.common(), old.adminStateUp()),
            new Vip(
                vip.address(),
                vip.port(),
                vip.ownPort(),
                vip.subnet(),
                vip.network(),
                attributes.vipQosPolicy().orNull(vip.qosPolicy()),
                attributes.vipSecurityGroups().over(vip.securityGroups(), List.of())),
            old.additionalVips(),
            old.provider(),
            old.placement(),
            old.failovers(),
            Marks.updated(old.lifecycle(), terms.now()));
    return tree.with(next);
  }

  LoadBalancerTree delete(LoadBalancerTree tree, DeleteLoadBalancer change) {
    boolean children =
        tree.listeners().stream().anyMatch(it -> Marks.stays(it.lifecycle()))
            || tree.pools().stream().anyMatch(it -> Marks.stays(it.lifecycle()));
    if (children && !change.cascade()) {
      throw invalid("Cannot delete Load Balancer %s - it has children".formatted(change.id()));
    }
    Marks.requireSettled(tree);
    var loadBalancer = tree.loadBalancer();
    return tree.with(loadBalancer.with(Marks.deleted(loadBalancer.lifecycle())));
  }

  LoadBalancerTree failOver(LoadBalancerTree tree, FailOver change) {
    Marks.requireSettled(tree);
    return failedOver(tree);
  }

  LoadBalancerTree failOver(LoadBalancerTree tree, FailOverAmphora change) {
    Marks.requireMutable(tree);
    return failedOver(tree);
  }

  private LoadBalancerTree failedOver(LoadBalancerTree tree) {
    var loadBalancer = tree.loadBalancer().failedOver();
    return tree.with(loadBalancer.with(Marks.updated(loadBalancer.lifecycle(), terms.now())));
  }
}
