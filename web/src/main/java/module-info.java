/// A small HTTP kit for the control side.
module agrippa.web {
  requires transitive org.jspecify;
  requires transitive tools.jackson.databind;
  requires io.helidon.webserver;

  exports agrippa.web;
}
