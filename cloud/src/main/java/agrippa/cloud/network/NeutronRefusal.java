package agrippa.cloud.network;

/// Neutron does not do what it was asked to do, and says why.
final class NeutronRefusal extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int LONGEST = 1000;

  private final String type;

  /// @param type Neutron's name for the error
  /// @param detail in Neutron's words
  NeutronRefusal(String type, String detail) {
    super(detail.length() > LONGEST ? detail.substring(0, LONGEST) : detail);
    this.type = type;
  }

  boolean addressInUse() {
    return switch (type) {
      case "IpAddressAlreadyAllocated", "IpAddressInUse", "IpAddressCollision" -> true;
      default -> false;
    };
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
