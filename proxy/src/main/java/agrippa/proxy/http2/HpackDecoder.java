package agrippa.proxy.http2;

import agrippa.proxy.transport.Buffer;

/// Reads the header blocks of one peer (RFC 7541). Makes no object per field.
final class HpackDecoder {
  /// Told of each field.
  interface Sink {
    /// The name is from `name` to `value`, the value from there to `end`.
    void field(byte[] text, int name, int value, int end);
  }

  /// Longest header block that may be decoded, compressed.
  static final int LONGEST_BLOCK = 64 * 1_024;

  /// Room for any field of such a block: at best eight bits become five.
  static final int TEXT = 2 * LONGEST_BLOCK;

  /// How much more than is taken will be looked at, for the table's sake.
  private static final int PATIENCE = 8;

  private final DynamicTable table = new DynamicTable();
  private final byte[] text;
  private final int listLimit;
  private Buffer in;
  private int at;
  private int to;
  private long listSize;

  /// @param text of [#TEXT] bytes, may be shared by decoders of one thread
  /// @param listLimit most bytes of a list of fields (RFC 9113, section 6.5.2)
  HpackDecoder(byte[] text, int listLimit, Buffer nothing) {
    this.text = text;
    this.listLimit = listLimit;
    this.in = nothing;
  }

  /// Decodes a whole block.
  ///
  /// @return whether it kept to the limit; if not, the sink has not seen all of it
  boolean decode(Buffer from, int start, int end, Sink sink) throws Violation {
    in = from;
    at = start;
    to = end;
    listSize = 0;
    boolean fieldsBegan = false;
    while (at < to) {
      int first = in.at(at) & 0xff;
      if ((first & 0xe0) == 0x20) {
        if (fieldsBegan) {
          throw bad("the table's size changes within a block");
        }
        resize();
      } else {
        fieldsBegan = true;
        field(first, sink);
      }
    }
    return listSize <= listLimit;
  }

  private void resize() throws Violation {
    int size = number(5);
    if (size > DynamicTable.SIZE) {
      throw bad("a table larger than allowed");
    }
    table.limit(size);
  }

  private void field(int first, Sink sink) throws Violation {
    int nameEnd;
    int end;
    if ((first & 0x80) != 0) {
      int index = number(7);
      nameEnd = name(index);
      end = value(index, nameEnd);
    } else {
      boolean remembered = (first & 0x40) != 0;
      int index = number(remembered ? 6 : 4);
      nameEnd = index == 0 ? string(0) : name(index);
      end = string(nameEnd);
      if (remembered) {
        table.add(text, 0, nameEnd, end - nameEnd);
      }
    }
    listSize += end + DynamicTable.OVERHEAD;
    if (listSize <= listLimit) {
      sink.field(text, 0, nameEnd, end);
    } else if (listSize > (long) PATIENCE * listLimit) {
      throw new Violation(ErrorCode.ENHANCE_YOUR_CALM, "fields without end");
    }
  }

  private int name(int index) throws Violation {
    if (index > 0 && index <= StaticTable.SIZE) {
      byte[] name = StaticTable.name(index);
      System.arraycopy(name, 0, text, 0, name.length);
      return name.length;
    }
    int age = age(index);
    int length = table.nameLength(age);
    table.copy(age, length, text, 0);
    return length;
  }

  /// @return where the value ends
  private int value(int index, int nameEnd) throws Violation {
    if (index <= StaticTable.SIZE) {
      byte[] value = StaticTable.value(index);
      System.arraycopy(value, 0, text, nameEnd, value.length);
      return nameEnd + value.length;
    }
    int age = age(index);
    int end = nameEnd + table.valueLength(age);
    table.copy(age, end, text, 0);
    return end;
  }

  private int age(int index) throws Violation {
    int age = index - StaticTable.SIZE - 1;
    if (age < 0 || age >= table.count()) {
      throw bad("no field has this number");
    }
    return age;
  }

  /// @return where the string ends in the text
  private int string(int into) throws Violation {
    boolean huffman = at < to && in.at(at) < 0;
    int length = number(7);
    if (length > to - at) {
      throw bad("a string longer than its block");
    }
    int from = at;
    at += length;
    if (huffman) {
      return Huffman.decode(in, from, at, text, into);
    }
    in.get(from, text, into, length);
    return into + length;
  }

  /// An integer whose first bits are the last `bits` of a byte (RFC 7541, section 5.1).
  private int number(int bits) throws Violation {
    int most = (1 << bits) - 1;
    int value = next() & most;
    if (value < most) {
      return value;
    }
    int shift = 0;
    int more;
    do {
      more = next();
      value += (more & 0x7f) << shift;
      shift += 7;
      // No number here may be larger than 28 bits and a little: far beyond any block.
      if (shift > 28) {
        throw bad("a number too large");
      }
    } while ((more & 0x80) != 0);
    return value;
  }

  private int next() throws Violation {
    if (at == to) {
      throw bad("a block ends too early");
    }
    return in.at(at++);
  }

  private static Violation bad(String what) {
    return new Violation(ErrorCode.COMPRESSION_ERROR, what);
  }
}
