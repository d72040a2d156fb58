/// Moving bytes. Knows nothing else named agrippa: could serve any program.
module agrippa.proxy {
  requires transitive org.jspecify;
  requires com.google.re2j;

  exports agrippa.proxy;
  exports agrippa.proxy.plan;
}
