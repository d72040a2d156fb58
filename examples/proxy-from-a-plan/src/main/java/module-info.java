/// The data plane as a program of its own.
module agrippa.examples.plan {
  requires agrippa.proxy;
  requires tools.jackson.databind;

  // Jackson fills the records.
  opens agrippa.examples.plan to
      tools.jackson.databind;
}
