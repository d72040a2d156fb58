/// Moving bytes. Knows nothing else named agrippa: could serve any program.
module agrippa.proxy {
  requires transitive org.jspecify;
  requires com.github.luben.zstd_jni;
  requires re2j;
  requires java.naming;
  requires jdk.sctp;

  exports agrippa.proxy;
  exports agrippa.proxy.journal;
  exports agrippa.proxy.plan;
  exports agrippa.proxy.stats;
}
