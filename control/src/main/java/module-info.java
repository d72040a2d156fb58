/// What may change, and how the world is made to match. Knows no HTTP status, JSON, SQL or socket.
module agrippa.control {
  requires transitive agrippa.model;

  exports agrippa.control;
  exports agrippa.control.access;
  exports agrippa.control.spi;
}
