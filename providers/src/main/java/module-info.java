/// What moves packets for load balancers.
module agrippa.providers {
  requires transitive agrippa.control;
  requires transitive agrippa.proxy;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;

  exports agrippa.provider.accesslog;
  exports agrippa.provider.builtin;
  exports agrippa.provider.builtin.ocsp;
}
