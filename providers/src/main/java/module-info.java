/// What moves packets for load balancers.
module agrippa.providers {
  requires transitive agrippa.control;
  requires transitive agrippa.proxy;

  exports agrippa.provider.accesslog;
  exports agrippa.provider.builtin;
}
