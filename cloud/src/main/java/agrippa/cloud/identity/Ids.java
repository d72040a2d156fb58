package agrippa.cloud.identity;

import java.util.UUID;
import java.util.function.Supplier;

/// Makes ids as Keystone does: UUIDs without dashes.
record Ids(Supplier<UUID> uuids) {
  String next() {
    return uuids.get().toString().replace("-", "");
  }
}
