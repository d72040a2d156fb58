package agrippa.proxy.plan;

import java.util.Arrays;

/// What a certificate's issuer says of it now (RFC 6960): it is shown along with the certificate to
/// clients that ask for it, as it is.
///
/// @param der an OCSPResponse
public record OcspResponse(byte[] der) {
  public OcspResponse {
    der = der.clone();
  }

  @Override
  public byte[] der() {
    return der.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OcspResponse it && Arrays.equals(der, it.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  @Override
  public String toString() {
    return "OcspResponse[" + der.length + " bytes]";
  }
}
