package agrippa.proxy.tls;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// A shared library that stays loaded, and how its functions become method handles.
enum NativeLibrary {
  CRYPTO("crypto"),
  SSL("ssl");

  private final String stem;

  NativeLibrary(String stem) {
    this.stem = stem;
  }

  /// A function that returns something.
  ///
  /// @throws UnsatisfiedLinkError if the library or the function is missing
  MethodHandle function(String name, MemoryLayout result, MemoryLayout... parameters) {
    return handle(name, FunctionDescriptor.of(result, parameters));
  }

  /// A function that returns nothing.
  ///
  /// @throws UnsatisfiedLinkError if the library or the function is missing
  MethodHandle action(String name, MemoryLayout... parameters) {
    return handle(name, FunctionDescriptor.ofVoid(parameters));
  }

  private MethodHandle handle(String name, FunctionDescriptor descriptor) {
    MemorySegment symbol =
        lookup()
            .find(name)
            .orElseThrow(() -> new UnsatisfiedLinkError(fileName() + " has no " + name));
    return Linker.nativeLinker().downcallHandle(symbol, descriptor);
  }

  private SymbolLookup lookup() {
    try {
      // The system's loader counts how often it is asked, and loads once.
      return SymbolLookup.libraryLookup(fileName(), Arena.global());
    } catch (IllegalArgumentException e) {
      UnsatisfiedLinkError missing = new UnsatisfiedLinkError(fileName() + " is not there");
      missing.initCause(e);
      throw missing;
    }
  }

  private String fileName() {
    boolean mac = System.getProperty("os.name", "").startsWith("Mac");
    return mac ? "lib" + stem + ".3.dylib" : "lib" + stem + ".so.3";
  }

  /// What a call into a library throws only if its handle is wrong.
  static LinkageError unexpected(Throwable cause) {
    return new LinkageError("A foreign call failed", cause);
  }
}
