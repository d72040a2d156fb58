package agrippa.proxy.session;

import agrippa.proxy.encode.BodyEncoder;
import agrippa.proxy.encode.CodedHead;
import agrippa.proxy.encode.CompressionRules;
import agrippa.proxy.http.ChunkFrame;
import agrippa.proxy.http.Fields;
import agrippa.proxy.http.HeadEditor;
import agrippa.proxy.http.ResponseHead;
import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.stats.Count;
import agrippa.proxy.transport.Buffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a frontend does to an endpoint's response on its way to the client, beside what every proxy
/// does: changes of its fields, and compression. Used for response after response.
final class Treatment implements Relay.Stage {
  private final HttpLoop http;
  private final Passage passage;

  // What the request under way decided.
  private @Nullable FieldEdits edits;
  private @Nullable CompressionRules rules;
  private @Nullable Coding accepted;

  // What its response did.
  private boolean covered;
  private boolean bypassing;
  // How its body goes on, or null: as it is.
  private @Nullable Coding coding;
  // Until the body is over.
  private @Nullable BodyEncoder encoder;

  Treatment(HttpLoop http, Passage passage) {
    this.http = http;
    this.passage = passage;
  }

  /// Learns what the client accepts, from the request in `in` whose head was just scanned.
  void asked(Buffer in, FrontendSnapshot by) {
    edits = by.responseEdits();
    rules = by.compression();
    accepted = rules == null ? null : rules.accepted(in, http.request());
  }

  /// Judges a response by its head.
  ///
  /// @return whether its body is compressed: all of it has to go [#through] then, and comes out in
  ///     chunks
  boolean begin(Buffer in, ResponseHead head) {
    covered = rules != null && rules.cover(in, head);
    bypassing = false;
    coding = null;
    if (!covered || accepted == null || head.bodiless()) {
      return false;
    }
    encoder = http.encoders().take(accepted);
    if (encoder == null) {
      bypassing = true;
      return false;
    }
    coding = accepted;
    passage.countAbove(Count.COMPRESSED, 1);
    return true;
  }

  /// Edits the head that was judged.
  void edit(Buffer in, ResponseHead head, HeadEditor editor) {
    Fields fields = head.fields();
    if (covered) {
      CodedHead.vary(in, fields, editor);
    }
    if (coding != null) {
      CodedHead.encoded(in, head, coding, editor);
      if (edits == null || !edits.replace(CodedHead.ETAG)) {
        CodedHead.weaken(in, fields, editor);
      }
    }
    if (edits != null) {
      edits.apply(in, fields, editor);
    }
  }

  @Override
  public Buffer through(Buffer in, boolean last) {
    BodyEncoder with = Objects.requireNonNull(encoder);
    Buffer out = http.encoders().output();
    with.encode(in, out, last);
    passage.countAbove(Count.COMPRESSED_IN, in.length());
    passage.countAbove(Count.COMPRESSED_OUT, out.length());
    ChunkFrame.wrap(out, last);
    if (last) {
      end();
    }
    return out;
  }

  /// Bytes of the body went as they are.
  void untouched(long count) {
    if (bypassing && count > 0) {
      passage.countAbove(Count.COMPRESSION_BYPASSED, count);
    }
  }

  @Override
  public void end() {
    if (encoder != null) {
      http.encoders().give(encoder);
      encoder = null;
    }
  }
}
