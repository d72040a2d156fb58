package agrippa.proxy.http2;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The JDK's own decoder of header blocks. It is not for others, and what compiles for a release
/// cannot name it: so it is reached by reflection, in a JVM that was told to allow that.
final class JdkHpack {
  private static final String PACKAGE = "jdk.internal.net.http.hpack.";

  private final Class<?> sink;
  private final Object decoder;
  private final Method decode;
  private boolean broken;

  JdkHpack(int tableSize) {
    try {
      Class<?> type = Class.forName(PACKAGE + "Decoder");
      sink = Class.forName(PACKAGE + "DecodingCallback");
      decoder = type.getConstructor(int.class).newInstance(tableSize);
      decode = type.getMethod("decode", ByteBuffer.class, boolean.class, sink);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the JDK has changed", e);
    }
  }

  /// Whether it fell over a block by a fault of its own; there are some in its small tables.
  boolean broken() {
    return broken;
  }

  /// The fields of a whole block, or null if it is not one.
  @Nullable List<String> decode(byte[] block) {
    List<String> fields = new ArrayList<>();
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
          }
          fields.add(arguments[0] + "=" + arguments[1]);
          return null;
        };
    Object noting =
        Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {sink}, handler);
    try {
      decode.invoke(decoder, ByteBuffer.wrap(block), true, noting);
      return fields;
    } catch (InvocationTargetException e) {
      broken = !(e.getCause() instanceof IOException);
      return null;
    } catch (IllegalAccessException e) {
      throw new LinkageError("--add-exports is missing", e);
    }
  }
}
