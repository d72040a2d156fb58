/// What if there is no cloud? Embedded services with their OpenStack faces; and clients of the real
/// ones, if there is one.
module agrippa.cloud {
  requires transitive agrippa.control;
  requires transitive agrippa.web;
  requires transitive java.net.http;
  requires transitive org.jooq;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;

  exports agrippa.cloud;
  exports agrippa.cloud.fabric;
  exports agrippa.cloud.compute;
  exports agrippa.cloud.compute.container;
  exports agrippa.cloud.identity;
  exports agrippa.cloud.image;
  exports agrippa.cloud.network;
  exports agrippa.cloud.openstack;
  exports agrippa.cloud.secret;
}
