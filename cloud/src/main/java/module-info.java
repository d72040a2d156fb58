/// What if there is no cloud? Embedded services with their OpenStack faces.
module agrippa.cloud {
  requires transitive agrippa.control;
  requires transitive agrippa.web;
  requires transitive org.jooq;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;

  exports agrippa.cloud;
  exports agrippa.cloud.identity;
  exports agrippa.cloud.network;
  exports agrippa.cloud.secret;
}
