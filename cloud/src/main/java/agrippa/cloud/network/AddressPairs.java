package agrippa.cloud.network;

import agrippa.cloud.network.Port.AddressPair;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Further addresses that ports are allowed.
final class AddressPairs {
  private static final int MOST = 10;

  private AddressPairs() {}

  /// What a port has, or asks for instead.
  ///
  /// @param security whether the port's security will be on: without it there is nothing to allow
  static List<AddressPair> of(Port base, boolean security, Form form) {
    JsonNode said = form.anything("allowed_address_pairs");
    if (said != null && !said.isArray()) {
      throw Fault.badRequest("Allowed address pairs must be a list.");
    }
    List<AddressPair> pairs =
        form.list("allowed_address_pairs", base.addressPairs(), it -> pair(base, it));
    if (pairs.size() > MOST) {
      throw Fault.badRequest(
          "AllowedAddressPairExhausted",
          "The number of allowed address pair exceeds the maximum " + MOST + ".");
    }
    if (!security && !pairs.isEmpty()) {
      throw Fault.conflict(
          "AddressPairAndPortSecurityRequired",
          "Port Security must be enabled in order to have allowed address pairs on a port.");
    }
    mustDiffer(pairs);
    return pairs;
  }

  private static void mustDiffer(List<AddressPair> pairs) {
    Set<AddressPair> seen = new HashSet<>();
    for (AddressPair it : pairs) {
      if (!seen.add(it)) {
        throw Fault.badRequest(
            "DuplicateAddressPairInRequest",
            "Request contains duplicate address pair: mac_address %s ip_address %s."
                .formatted(it.mac(), Port.text(it.addresses())));
      }
    }
  }

  private static AddressPair pair(Port base, JsonNode node) {
    if (!(node instanceof ObjectNode object)) {
      throw Fault.invalid("allowed_address_pairs", "an element is not a dictionary.");
    }
    Form form = new Form(object, true);
    String said = form.nullableText("mac_address");
    String mac = said == null ? base.mac() : said.toLowerCase(Locale.ROOT);
    if (!PortMacs.isMac(mac)) {
      throw Fault.badRequest("'" + mac + "' is not a valid MAC address");
    }
    String address = form.nullableText("ip_address");
    if (address == null) {
      throw Fault.badRequest(
          "AllowedAddressPairsMissingIP", "AllowedAddressPair must contain ip_address");
    }
    form.end();
    return new AddressPair(
        Cidr.parse(address)
            .orElseThrow(() -> Fault.badRequest("'" + address + "' is not a valid IP address")),
        mac);
  }
}
