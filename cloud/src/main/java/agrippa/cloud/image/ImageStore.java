package agrippa.cloud.image;

import agrippa.cloud.Documents;
import agrippa.web.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/// All images: what is said of them in memory and in the database, their content in files.
final class ImageStore {
  private static final String IMAGES = "image.images";
  private static final String MARKS = "image";
  private static final String DEFAULT = "default";
  private static final int PIECE = 65_536;

  private final Documents documents;
  private final Path folder;
  private final InstantSource clock;
  private final long limit;
  private final ConcurrentMap<UUID, Image> images = new ConcurrentHashMap<>();

  /// What a crash interrupted is queued again.
  ///
  /// @param limit longest file in bytes
  ImageStore(Documents documents, Path folder, InstantSource clock, long limit) {
    this.documents = documents;
    this.folder = folder;
    this.clock = clock;
    this.limit = limit;
    documents.load(IMAGES).values().stream().map(Image::of).forEach(it -> images.put(it.id(), it));
    for (Image it : list()) {
      if (it.status() == Image.Status.SAVING) {
        put(it.with(Image.Status.QUEUED, null, it.updated()));
      }
    }
  }

  Optional<Image> image(UUID id) {
    return Optional.ofNullable(images.get(id));
  }

  /// Newest first, as Glance lists them.
  List<Image> list() {
    return images.values().stream()
        .sorted(Comparator.comparing(Image::created).thenComparing(Image::id).reversed())
        .toList();
  }

  /// @return whether there was none of that id
  synchronized boolean add(Image image) {
    if (images.containsKey(image.id())) {
      return false;
    }
    put(image);
    return true;
  }

  /// The image that the program itself made, or makes now.
  synchronized UUID defaultImage(Supplier<Image> first) {
    JsonNode mark = documents.load(MARKS).get(DEFAULT);
    if (mark != null) {
      return UUID.fromString(mark.path("id").asString());
    }
    Image image = first.get();
    String id = image.id().toString();
    documents.commit(
        new Documents.Batch()
            .put(MARKS, DEFAULT, Json.object().put("id", id))
            .put(IMAGES, id, image.json()));
    images.put(image.id(), image);
    return image.id();
  }

  private synchronized void put(Image image) {
    documents.commit(new Documents.Batch().put(IMAGES, image.id().toString(), image.json()));
    images.put(image.id(), image);
  }

  /// Changes what is there now, so that no concurrent change is lost.
  synchronized Image change(UUID id, UnaryOperator<Image> change) {
    Image next = change.apply(image(id).orElseThrow(() -> Refused.noImage(id.toString())));
    put(next);
    return next;
  }

  synchronized void remove(UUID id) {
    documents.commit(new Documents.Batch().remove(IMAGES, id.toString()));
    images.remove(id);
    try {
      Files.deleteIfExists(file(id));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove the file of image " + id, e);
    }
  }

  /// Where the content of an active image is.
  Path file(UUID id) {
    return folder.resolve(id.toString());
  }

  /// Takes the content of a queued image.
  ///
  /// @throws Refused if the image is not queued, or the content is too long
  /// @throws UncheckedIOException if it ends too early or cannot be written; the image is queued
  ///     again
  void upload(UUID id, InputStream content) {
    change(id, it -> saving(it).with(Image.Status.SAVING, null, clock.instant()));
    Path draft = folder.resolve(id + ".draft");
    Optional<Image.Content> saved = Optional.empty();
    try {
      saved = Optional.of(save(content, draft));
      Files.move(draft, file(id), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      saved = Optional.empty();
      throw new UncheckedIOException("cannot take the content of image " + id, e);
    } finally {
      settle(id, saved, draft);
    }
  }

  private static Image saving(Image image) {
    if (image.status() != Image.Status.QUEUED) {
      throw Refused.conflict(
          "Image status transition from " + image.status().text() + " to saving is not allowed");
    }
    return image;
  }

  /// The image may have been deleted meanwhile.
  private synchronized void settle(UUID id, Optional<Image.Content> saved, Path draft) {
    Image.Status status = saved.isPresent() ? Image.Status.ACTIVE : Image.Status.QUEUED;
    try {
      Files.deleteIfExists(draft);
      if (images.containsKey(id)) {
        change(id, it -> it.with(status, saved.orElse(null), clock.instant()));
      } else {
        Files.deleteIfExists(file(id));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tidy up after image " + id, e);
    }
  }

  private Image.Content save(InputStream content, Path draft) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    MessageDigest md5 = digest("MD5");
    MessageDigest sha512 = digest("SHA-512");
    long size = 0;
    try (OutputStream out =
        new DigestOutputStream(new DigestOutputStream(Files.newOutputStream(draft), md5), sha512)) {
      byte[] piece = new byte[PIECE];
      for (int read = content.read(piece); read >= 0; read = content.read(piece)) {
        size += read;
        if (size > limit) {
          throw Refused.tooLarge("The provided image is too large.");
        }
        out.write(piece, 0, read);
      }
    }
    return new Image.Content(
        size, HexFormat.of().formatHex(md5.digest()), HexFormat.of().formatHex(sha512.digest()));
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }
}
