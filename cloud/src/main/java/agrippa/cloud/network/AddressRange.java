package agrippa.cloud.network;

import java.math.BigInteger;
import java.net.InetAddress;

/// Addresses from `first` to `last`, both included and of one IP version.
record AddressRange(InetAddress first, InetAddress last) {
  boolean contains(InetAddress address) {
    return Addresses.version(address) == Addresses.version(first)
        && Addresses.number(first).compareTo(Addresses.number(address)) <= 0
        && Addresses.number(address).compareTo(Addresses.number(last)) <= 0;
  }

  boolean overlaps(AddressRange other) {
    return contains(other.first) || other.contains(first);
  }

  BigInteger size() {
    return Addresses.number(last).subtract(Addresses.number(first)).add(BigInteger.ONE);
  }

  /// As Neutron writes it.
  @Override
  public String toString() {
    return Addresses.text(first) + "-" + Addresses.text(last);
  }
}
