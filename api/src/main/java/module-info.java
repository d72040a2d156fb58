/// Octavia's API, version 2: what its requests ask for, and what its answers look like.
module agrippa.api {
  requires transitive agrippa.control;
  requires transitive agrippa.web;

  exports agrippa.api;
}
