package agrippa.cloud.compute.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.cloud.Documents;
import agrippa.cloud.compute.ServerDriver.DriverException;
import agrippa.cloud.compute.ServerDriver.Machine;
import agrippa.cloud.compute.ServerDriver.Personality;
import agrippa.cloud.image.EmbeddedImages;
import agrippa.control.Caller;
import agrippa.model.ProjectId;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Containers of the default image, in network namespaces of the tests' own.
class ContainerDriverTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path temporary;
  private final UUID id = UUID.randomUUID();
  private final UUID image = UUID.randomUUID();
  private final String network = "test-" + id;
  private Path folder;
  private Path archive;
  private ContainerDriver driver;

  @BeforeEach
  void prepare() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    folder = temporary.resolve("servers");
    driver = new ContainerDriver(folder, any -> false);
    assumeTrue(driver.complaint().isEmpty(), () -> driver.complaint().orElse(""));
    archive = defaultImage();
    run("ip", "netns", "add", network);
    run("ip", "-n", network, "link", "set", "lo", "up");
  }

  @AfterEach
  void clean() throws Exception {
    if (archive != null) {
      ContainerDriver.removeAll(folder);
      run("ip", "netns", "del", network);
    }
  }

  private Path defaultImage() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      var sql = DSL.using(connection, SQLDialect.SQLITE);
      Documents.MIGRATIONS.forEach(sql::execute);
      var images =
          new EmbeddedImages(
              new Documents(sql), temporary.resolve("images"), InstantSource.system(), () -> image);
      ProjectId operator = new ProjectId("operator");
      images.makeDefault(operator);
      EmbeddedImages.Available it =
          images.find(new Caller("u", operator, java.util.Set.of(), "t"), image).orElseThrow();
      assumeTrue(it.active(), it.complaint());
      assertThat(Files.size(it.archive())).isLessThan(10_000_000);
      return it.archive();
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(List.of(command).toString()).isZero();
  }

  private Machine machine(String userData) {
    return machine(archive, userData);
  }

  private Machine machine(Path from, String userData) {
    return new Machine(
        id,
        "tester",
        image,
        from,
        Path.of("/run/netns", network),
        64,
        new Personality(
            "ssh-ed25519 AAAA tester",
            userData.getBytes(StandardCharsets.UTF_8),
            List.of(InetAddress.ofLiteral("10.10.10.7")),
            List.of(InetAddress.ofLiteral("192.0.2.53"))));
  }

  private String console() {
    return new String(driver.console(id), StandardCharsets.UTF_8);
  }

  /// Waits until the console has a line.
  private String await(String line) throws Exception {
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      folder
          .resolve(id.toString())
          .register(
              watch, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_CREATE);
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (console().lines().noneMatch(line::equals)) {
        assertThat(System.nanoTime()).as(console()).isLessThan(end);
        var key = watch.poll(1, TimeUnit.SECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
        }
      }
      return console();
    }
  }

  /// What a script, run inside as root, says between two lines of its own.
  private String inside(String script) throws Exception {
    driver.start(machine("#!/bin/sh\nexec 2>&1\necho BEGIN\n" + script + "\necho END\n"));
    String said = await("END");
    return said.substring(Math.max(0, said.indexOf("BEGIN\n") + 6), said.indexOf("END\n"));
  }

  @Test
  void bootsWithItsNameAndKeysAndSaysSoOnTheConsole() throws Exception {
    String said =
        inside(
            "hostname; cat /etc/resolv.conf; grep tester /etc/hosts; cat /root/.ssh/authorized_keys");
    assertThat(said.lines())
        .containsSubsequence(
            "tester", "nameserver 192.0.2.53", "10.10.10.7 tester", "ssh-ed25519 AAAA tester");
    assertThat(await("agrippa-mini: ready")).contains("agrippa-mini: starting tester");
    assertThat(driver.running(id)).isPresent();
    assertThat(driver.servers()).containsExactly(id);
  }

  @Test
  void seesNothingOfTheMachine() throws Exception {
    Path secret = Files.writeString(temporary.resolve("secret"), "the machine's own");
    String said =
        inside(
            """
            echo "processes: $(ps -o pid= | wc -l)"
            ls %s
            ls /proc/1/root/root
            echo "interfaces: $(grep -c : /proc/net/dev)"
            echo "devices: $(ls /dev | sort | tr '\\n' ' ')"
            ls /run
            """
                .formatted(secret));
    assertThat(said).doesNotContain("the machine's own").contains("No such file");
    // init, sshd, this script, and the pipe itself; sshd may say something in between.
    assertThat(said.lines()).anyMatch(it -> it.matches("processes: +[1-7]"));
    assertThat(said.lines())
        .contains("interfaces: 1")
        .anyMatch(
            it ->
                it.startsWith(
                    "devices: fd full null ptmx pts random shm stderr stdin stdout tty urandom zero"));
    assertThat(said.lines()).doesNotContain("machine");
  }

  @Test
  void cannotChangeTheMachineOrItsOwnBounds() throws Exception {
    String said =
        inside(
            """
            try() { "$@" >/dev/null 2>&1 && echo "DID $*"; }
            try mount -t tmpfs tmpfs /mnt
            try mount -o remount,rw /sys
            try mount -o remount,rw /proc/sys
            try umount /proc/sys
            try mknod /tmp/disk b 8 0
            try mknod /tmp/mem c 1 1
            try ip link add dummy0 type dummy
            try ip addr add 10.1.1.1/24 dev lo
            try sysctl -w kernel.hostname=x
            try hostname x
            try nsenter -t 1 -m true
            try chroot /proc/1/root/../.. ls /home/user
            try insmod /tmp/x
            try dd if=/dev/zero of=/proc/sysrq-trigger bs=1 count=1
            try sh -c 'echo 1 > /proc/sys/vm/drop_caches'
            try sh -c 'echo /x > /proc/sys/kernel/core_pattern'
            try sh -c 'echo -17 > /proc/1/oom_adj'
            try reboot -f
            try swapon /tmp/x
            grep -E 'Cap(Prm|Bnd|Inh|Amb)|NoNewPrivs' /proc/self/status | tr -d '\\t' | tr '\\n' ' '
            echo
            """);
    assertThat(said.lines().filter(it -> !it.contains("Not backgrounding")).toList())
        .containsExactly(
            "CapInh:0000000000000000 CapPrm:00000000200424fb CapBnd:00000000200424fb"
                + " CapAmb:0000000000000000 NoNewPrivs:1 ");
  }

  @Test
  void keepsItsFilesOverAStopAndLosesThemWithItsEnd() throws Exception {
    inside("echo kept > /root/file");
    var end = driver.running(id).orElseThrow();
    driver.stop(id, PATIENCE);
    assertThat(end).succeedsWithin(PATIENCE);
    assertThat(driver.running(id)).isEmpty();
    assertThat(console()).contains("agrippa-mini: stopped");
    assertThat(folder.resolve(id + "/upper/root/file")).hasContent("kept");
    driver.start(machine(""));
    assertThat(driver.running(id)).isPresent();
    driver.remove(id);
    assertThat(driver.running(id)).isEmpty();
    assertThat(folder.resolve(id.toString())).doesNotExist();
    // Nobody uses the image any more, and the images' service has forgotten it.
    assertThat(folder.resolve("roots/" + image)).doesNotExist();
    assertThat(driver.servers()).isEmpty();
    driver.remove(id);
  }

  @Test
  void isFoundAgainByTheNextRunAndEndsForIt() throws Exception {
    inside("true");
    ContainerDriver next = new ContainerDriver(folder, any -> true);
    var end = next.running(id).orElseThrow();
    next.start(machine(""));
    assertThat(end).isNotDone();
    ContainerDriver.removeAll(folder);
    assertThat(next.running(id)).isEmpty();
    assertThat(end).succeedsWithin(PATIENCE);
    assertThat(folder).doesNotExist();
  }

  @Test
  void takesNoOtherProcessForItsOwn() throws Exception {
    inside("true");
    driver.stop(id, PATIENCE);
    Path stat = Path.of("/proc/self/stat");
    Files.write(
        folder.resolve(id + "/process"),
        List.of(
            Files.readString(stat).strip(),
            Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(),
            "mnt:[1]"));
    assertThat(driver.running(id)).isEmpty();
  }

  @Test
  void endsWhatDoesNotWantToEnd() throws Exception {
    inside("trap '' TERM; (trap '' TERM; while :; do sleep 100; done) &");
    driver.stop(id, Duration.ofMillis(1));
    assertThat(driver.running(id)).isEmpty();
  }

  @Test
  void bringsUpNoImageThatLeadsOut() throws Exception {
    Path victim = Files.createDirectory(temporary.resolve("victim"));
    for (String inner : List.of("etc", "dev", "proc", "run", "root")) {
      Path tree = Files.createDirectories(temporary.resolve("tree-" + inner));
      Files.createDirectories(tree.resolve("sbin"));
      Files.copy(Path.of("/bin/busybox"), tree.resolve("sbin/init"));
      Files.createSymbolicLink(tree.resolve(inner), victim);
      Path evil = temporary.resolve(inner + ".tar");
      run("tar", "-cf", evil.toString(), "-C", tree.toString(), ".");
      Machine machine =
          new Machine(
              id,
              "evil",
              UUID.randomUUID(),
              evil,
              Path.of("/run/netns", network),
              64,
              new Personality("ssh-ed25519 AAAA x", null, List.of(), List.of()));
      assertThatThrownBy(() -> driver.start(machine))
          .isInstanceOf(DriverException.class)
          .hasMessageContaining("/" + inner + " is a link");
      driver.remove(id);
      assertThat(victim).isEmptyDirectory();
    }
  }

  @Test
  void saysWhatIsWrongWithAnImage() throws Exception {
    Path noise = Files.writeString(temporary.resolve("noise"), "x".repeat(2_000));
    assertThatThrownBy(() -> driver.start(machine(noise, "")))
        .isInstanceOf(DriverException.class)
        .hasMessageContaining("no archive (tar or tar.gz) of a root file system");
    Path tree = Files.createDirectories(temporary.resolve("bare/etc"));
    Path bare = temporary.resolve("bare.tar");
    run("tar", "-cf", bare.toString(), "-C", tree.getParent().toString(), ".");
    assertThatThrownBy(() -> driver.start(machine(bare, "")))
        .hasMessageContaining("the image has no program /sbin/init");
  }

  @Test
  void boundsTheConsole() throws Exception {
    inside("yes 0123456789012345678901234567890123456789 | head -c 5000000; echo");
    assertThat(driver.console(id)).hasSizeLessThan(2_000_000);
    assertThat(console()).endsWith("END\n");
  }
}
