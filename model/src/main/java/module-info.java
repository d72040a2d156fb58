/// What a load balancer is. Needs nothing but the JDK's value packages.
module agrippa.model {
  requires transitive org.jspecify;

  exports agrippa.model;
}
