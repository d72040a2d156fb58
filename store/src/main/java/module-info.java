/// Keeps state in an SQL database.
module agrippa.store {
  requires transitive agrippa.control;
  requires transitive org.jooq;
  requires flyway.core;
  requires java.sql;
  requires org.xerial.sqlitejdbc;
  requires tools.jackson.databind;

  exports agrippa.store;
}
