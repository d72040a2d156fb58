package agrippa.cloud.secret;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The tool that most bundles are made with.
record OpenSsl(Path folder) {
  static boolean isInstalled() {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(it -> Files.isExecutable(Path.of(it, "openssl")));
  }

  /// What `openssl pkcs12 -export` makes of a certificate, its key and those that vouch for it.
  byte[] bundle(Authority leaf, List<Authority> others, String... options) throws Exception {
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("certificate.pem");
    Path more = folder.resolve("more.pem");
    Files.write(key, Texts.pem(leaf.key()));
    Files.write(certificate, Texts.pem(leaf.certificate()));
    Files.write(more, Texts.pem(others.stream().map(Authority::certificate).toArray()));
    Path bundle = folder.resolve("bundle.p12");
    List<String> arguments =
        new ArrayList<>(
            List.of("pkcs12", "-export", "-inkey", "key.pem", "-in", "certificate.pem"));
    arguments.addAll(List.of("-certfile", "more.pem", "-out", "bundle.p12"));
    arguments.addAll(List.of(options));
    run(arguments);
    return Files.readAllBytes(bundle);
  }

  void run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + " failed: " + said);
    }
  }
}
