package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;

import agrippa.control.Kind;
import agrippa.control.spi.Networks.VipWish;
import agrippa.control.spi.Networks.WishedAddress;
import agrippa.model.LoadBalancerTree;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What listeners must know of their load balancer's VIPs.
///
/// @param addresses of all VIPs; of one not claimed yet, its subnet's
/// @param ownGroups whether users chose its security groups
record VipFacts(List<String> addresses, boolean ownGroups) {
  static VipFacts of(LoadBalancerTree tree) {
    var addresses = new ArrayList<String>();
    var vip = tree.loadBalancer().vip();
    addresses.add(vip.address());
    tree.loadBalancer().additionalVips().stream()
        .map(Vip.Additional::address)
        .forEach(addresses::add);
    return new VipFacts(addresses, !vip.securityGroups().isEmpty());
  }

  static VipFacts of(VipWish wish, World world) {
    var addresses = new ArrayList<String>();
    addresses.add(address(wish.subnet(), wish.address(), world));
    for (WishedAddress one : wish.additional()) {
      addresses.add(address(one.subnet(), one.address(), world));
    }
    return new VipFacts(addresses, !wish.securityGroups().isEmpty());
  }

  private static String address(SubnetId subnet, @Nullable String wished, World world) {
    if (wished != null) {
      return wished;
    }
    var cidr =
        world
            .subnet(subnet)
            .orElseThrow(() -> RefusedException.unknownReference(Kind.SUBNET, subnet))
            .cidr();
    return cidr.substring(0, cidr.indexOf('/'));
  }

  /// Networks that may connect, in canonical form, in the order given and without repetitions.
  List<String> allowedCidrs(List<String> given) {
    if (given.isEmpty()) {
      return given;
    }
    if (ownGroups) {
      throw invalid("Allowed CIDRs are not allowed when using custom VIP Security Groups.");
    }
    return given.stream().map(this::allowedCidr).distinct().toList();
  }

  private String allowedCidr(String text) {
    var cidr =
        Cidr.parse(text).orElseThrow(() -> invalid("%s is not a valid CIDR.".formatted(text)));
    if (addresses.stream().noneMatch(it -> Cidr.ipVersionOf(it) == cidr.ipVersion())) {
      throw invalid(
          "CIDR %s IP version incompatible with all VIPs %s IP version."
              .formatted(cidr, PythonText.list(addresses)));
    }
    return cidr.toString();
  }
}
