/// The program: the only module that sees all others.
module agrippa.launcher {
  requires agrippa.api;
  requires agrippa.cloud;
  requires agrippa.control;
  requires agrippa.providers;
  requires agrippa.proxy;
  requires agrippa.store;
  requires agrippa.web;
  requires info.picocli;
  requires java.logging;
  requires java.net.http;
  requires jdk.httpserver;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires org.snakeyaml.engine;

  // picocli reads options into the fields of the commands.
  opens agrippa.launcher to
      info.picocli;
}
