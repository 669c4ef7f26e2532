// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DmaArenaTest {
    private static final int LENGTH = 4096;

    private final SharedMemory memory = SharedMemory.allocate(LENGTH, 0x1_0010);
    private final DmaArena arena = new DmaArena(memory);

    @Property(tries = 300)
    void buffersNeverOverlapAndAllIsFreeAgainAtTheEnd(
            @ForAll @Size(max = 120) List<@IntRange(min = -40, max = 600) Integer> steps,
            @ForAll @IntRange(max = 9) int alignmentShift) {
        DmaArena mixed = new DmaArena(memory);
        List<DmaBuffer> live = new ArrayList<>();
        long liveBytes = 0;
        for (int step : steps) {
            if (step <= 0) {
                if (!live.isEmpty()) {
                    DmaBuffer freed = live.remove(-step % live.size());
                    liveBytes -= freed.lengthBytes();
                    freed.free();
                }
            } else {
                long alignment = 1L << (step % (alignmentShift + 1));
                try {
                    DmaBuffer buffer = mixed.allocate(step, alignment);
                    assertThat(buffer.guestAddress() % alignment).isZero();
                    assertThat(buffer.lengthBytes()).isEqualTo(step);
                    assertThat(live).noneMatch(other -> overlaps(buffer, other));
                    live.add(buffer);
                    liveBytes += step;
                } catch (IllegalStateException full) {
                    assertThat(full).hasMessageContaining(mixed.freeBytes() + " of " + LENGTH);
                }
            }
            assertThat(mixed.freeBytes()).isEqualTo(LENGTH - liveBytes);
        }

        live.forEach(DmaBuffer::free);

        assertThat(mixed.freeBytes()).isEqualTo(LENGTH);
        assertThat(mixed.allocate(LENGTH, 1).offset()).isZero();
    }

    private static boolean overlaps(DmaBuffer one, DmaBuffer other) {
        return one.offset() < other.offset() + other.lengthBytes() && other.offset() < one.offset() + one.lengthBytes();
    }

    @Test
    void theGuestAddressIsAlignedAndNotTheOffset() {
        DmaBuffer buffer = arena.allocate(16, 256);

        assertThat(buffer.guestAddress()).isEqualTo(0x1_0100);
        assertThat(buffer.offset()).isEqualTo(0xF0);
        assertThat(buffer.memory()).isSameAs(memory);
    }

    @Test
    void aBufferIsZeroedEvenWhereAnotherWasBefore() {
        DmaBuffer before = arena.allocate(64, 1);
        memory.fill(before.offset(), 64, 0xFF);
        before.free();

        DmaBuffer after = arena.allocate(64, 1);

        assertThat(after.offset()).isEqualTo(before.offset());
        for (int i = 0; i < 64; i++) {
            assertThat(memory.getByte(after.offset() + i)).isZero();
        }
    }

    @Test
    void whatIsTooMuchSaysHowMuchIsLeft() {
        arena.allocate(4000, 1);

        assertThatIllegalStateException()
                .isThrownBy(() -> arena.allocate(97, 1))
                .withMessageContaining("97 bytes")
                .withMessageContaining("96 of 4096");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "-1, 1", "16, 0", "16, 3", "16, -8", "16, -9223372036854775808"})
    void aBufferThatCannotBeIsRefused(long length, long alignment) {
        assertThatIllegalArgumentException().isThrownBy(() -> arena.allocate(length, alignment));
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775807, 1", "16, 4611686018427387904", "4097, 1"})
    void aBufferThatNoArenaHoldsIsRefusedAndNothingIsLost(long length, long alignment) {
        assertThatIllegalStateException().isThrownBy(() -> arena.allocate(length, alignment));

        assertThat(arena.freeBytes()).isEqualTo(LENGTH);
    }
}
