package agrippa.control.testing;

import agrippa.control.spi.StateStore;

/// The double that other tests trust keeps the contract too.
class MemoryStateStoreTest extends StateStoreContract {
  private final MemoryStateStore store = new MemoryStateStore();

  @Override
  protected StateStore store() {
    return store;
  }

  @Override
  protected StateStore reopened() {
    return store;
  }
}
