// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class DmaBufferTest {
    private final DmaArena arena = new DmaArena(SharedMemory.allocate(4096, 0));
    private final DmaBuffer buffer = arena.allocate(64, 16);

    @Test
    void aBufferInFlightCannotBeFreed() {
        buffer.pin();

        assertThatIllegalStateException().isThrownBy(buffer::free).withMessageContaining("1 requests in flight");

        assertThat(arena.freeBytes()).isEqualTo(4096 - 64);
    }

    @Test
    void aBufferIsFreeToGoOnceTheLastRequestHasEnded() {
        buffer.pin();
        buffer.pin();
        buffer.unpin();
        assertThat(buffer.isPinned()).isTrue();
        buffer.unpin();
        assertThat(buffer.isPinned()).isFalse();

        buffer.free();

        assertThat(arena.freeBytes()).isEqualTo(4096);
    }

    @Test
    void aBufferIsFreedOnce() {
        buffer.free();

        assertThatIllegalStateException().isThrownBy(buffer::free).withMessageContaining("already freed");
        assertThat(arena.freeBytes()).isEqualTo(4096);
    }

    @Test
    void aFreedBufferCannotBePinned() {
        buffer.free();

        assertThatIllegalStateException().isThrownBy(buffer::pin);
    }

    @Test
    void aBufferThatIsNotPinnedCannotBeUnpinned() {
        assertThatIllegalStateException().isThrownBy(buffer::unpin);
    }
}
