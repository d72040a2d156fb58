package agrippa.cloud.network;

import java.util.Locale;
import java.util.UUID;

/// The MAC addresses that ports are given by name.
final class PortMacs {
  private PortMacs() {}

  /// What a new port asks for.
  static String wanted(NetworkState state, UUID network, Form form) {
    String mac = form.text("mac_address", "").toLowerCase(Locale.ROOT);
    if (!isMac(mac)) {
      throw Fault.invalid("mac_address", "'" + mac + "' is not a valid MAC address.");
    }
    if (state.ports().anyMatch(it -> it.network().equals(network) && it.mac().equals(mac))) {
      throw Fault.conflict(
          "MacAddressInUse",
          "Unable to complete operation for network %s. The mac address %s is in use."
              .formatted(network, mac));
    }
    return mac;
  }

  /// What a port has, or asks for instead.
  static String changed(Port base, NetworkState state, Form form) {
    boolean same = form.text("mac_address", base.mac()).equalsIgnoreCase(base.mac());
    return same ? base.mac() : wanted(state, base.network(), form);
  }

  static boolean isMac(String text) {
    return text.matches("\\p{XDigit}{2}(:\\p{XDigit}{2}){5}");
  }
}
