package agrippa.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// The checks that keep system calls inside memory that is ours.
class BufferTest {
  @Test
  void addressesStayInTheBlock() {
    Buffer buffer = Buffer.allocate(100);
    assertThat(buffer.address(100) - buffer.address(0)).isEqualTo(100);
    assertThatThrownBy(() -> buffer.address(101)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.address(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    buffer.free();
  }

  @Test
  void freedMemoryHasNoAddress() {
    Buffer buffer = Buffer.allocate(100);
    buffer.free();
    assertThatThrownBy(() -> buffer.address(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theWindowStaysInTheBlock() {
    Buffer buffer = Buffer.allocate(100);
    buffer.window(10, 90);
    assertThatThrownBy(() -> buffer.window(-1, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.window(6, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.window(0, 101)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.produced(11)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.consume(81)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(buffer.start()).isEqualTo(10);
    assertThat(buffer.end()).isEqualTo(90);
    buffer.free();
  }

  @Test
  void aLimitHoldsUntilTheWindowMoves() {
    Buffer buffer = Buffer.allocate(100);
    buffer.roomAtMost(7);
    assertThat(buffer.room()).isEqualTo(7);
    assertThat(buffer.roomView().remaining()).isEqualTo(7);
    buffer.produced(7);
    assertThat(buffer.room()).isEqualTo(93);
    buffer.free();
  }
}
