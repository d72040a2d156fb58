package agrippa.control.testing;

import agrippa.control.Caller;
import agrippa.control.spi.Secrets;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Secrets by reference; what is not there is missing.
public final class FakeSecrets implements Secrets {
  private final Map<String, Lookup<KeyPair>> keyPairs = new HashMap<>();
  private final Map<String, Lookup<List<X509Certificate>>> authorities = new HashMap<>();
  private final Map<String, Lookup<List<X509CRL>>> revocations = new HashMap<>();

  public void keyPair(String reference, Lookup<KeyPair> lookup) {
    keyPairs.put(reference, lookup);
  }

  public void authorities(String reference, Lookup<List<X509Certificate>> lookup) {
    authorities.put(reference, lookup);
  }

  public void revocations(String reference, Lookup<List<X509CRL>> lookup) {
    revocations.put(reference, lookup);
  }

  @Override
  public Lookup<KeyPair> keyPair(Caller caller, String reference) {
    return keyPairs.getOrDefault(reference, new Lookup.Missing<>());
  }

  @Override
  public Lookup<List<X509Certificate>> authorities(Caller caller, String reference) {
    return authorities.getOrDefault(reference, new Lookup.Missing<>());
  }

  @Override
  public Lookup<List<X509CRL>> revocations(Caller caller, String reference) {
    return revocations.getOrDefault(reference, new Lookup.Missing<>());
  }
}
