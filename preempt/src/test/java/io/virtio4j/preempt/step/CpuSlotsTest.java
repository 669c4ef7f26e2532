// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layout of the slots: every field in a place of its own, one writer to a block. */
class CpuSlotsTest {
    /** A field that the CPU itself writes: offset, bytes, setter. */
    private record Field(int offset, int lengthBytes, BiConsumer<CpuSlots, Integer> setToOnes) {}

    private static final List<Field> OWN = List.of(
            new Field(0, 4, (slots, cpu) -> slots.setCountOpaque(cpu, -1)),
            new Field(4, 4, (slots, cpu) -> slots.setPendingOpaque(cpu, -1)),
            new Field(8, 4, (slots, cpu) -> slots.setDrainingOpaque(cpu, -1)),
            new Field(12, 4, (slots, cpu) -> slots.setMaskedOpaque(cpu, -1)),
            new Field(16, 4, (slots, cpu) -> slots.setNestingOpaque(cpu, -1)),
            new Field(20, 4, (slots, cpu) -> slots.setMaxDepthOpaque(cpu, -1)),
            new Field(24, 8, (slots, cpu) -> slots.setRequestsOpaque(cpu, -1)),
            new Field(32, 8, (slots, cpu) -> slots.setServedOpaque(cpu, -1)),
            new Field(40, 8, (slots, cpu) -> slots.setTicksOpaque(cpu, -1)),
            new Field(48, 8, (slots, cpu) -> slots.setDeferredOpaque(cpu, -1)),
            new Field(56, 8, (slots, cpu) -> slots.setCallbacksOpaque(cpu, -1)));

    private static byte[] bytesOf(CpuSlots slots) {
        byte[] bytes = new byte[slots.lengthBytes()];
        slots.copyTo(bytes);
        return bytes;
    }

    private static byte[] onesAt(int lengthBytes, int from, int count) {
        byte[] bytes = new byte[lengthBytes];
        Arrays.fill(bytes, from, from + count, (byte) -1);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16})
    void whatTheCpuWritesLiesInItsFirstBlock(int cpus) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            for (Field field : OWN) {
                CpuSlots slots = new CpuSlots(cpus);
                field.setToOnes().accept(slots, cpu);
                assertThat(bytesOf(slots))
                        .as("CPU %d, offset %d", cpu, field.offset())
                        .isEqualTo(onesAt(slots.lengthBytes(), cpu * 256 + field.offset(), field.lengthBytes()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16})
    void whatOthersWriteLiesInBlocksOfItsOwn(int cpus) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            CpuSlots slots = new CpuSlots(cpus);
            GuardSteps.raise(slots, cpu, -1);
            assertThat(bytesOf(slots)).isEqualTo(onesAt(slots.lengthBytes(), cpu * 256 + 128, 8));
        }
        CpuSlots flag = new CpuSlots(cpus);
        flag.setGlobalPendingVolatile(-1);
        assertThat(bytesOf(flag)).isEqualTo(onesAt(flag.lengthBytes(), cpus * 256, 4));
        CpuSlots count = new CpuSlots(cpus);
        count.getAndAddGlobalCountAcquire(-1);
        assertThat(bytesOf(count)).isEqualTo(onesAt(count.lengthBytes(), cpus * 256 + 128, 4));
    }

    @Test
    void numbersHaveTheOrderOfTheMachine() {
        CpuSlots slots = new CpuSlots(1);
        slots.setRequestsOpaque(0, 0x0102030405060708L);
        assertThat(ByteBuffer.wrap(bytesOf(slots))
                        .order(ByteOrder.nativeOrder())
                        .getLong(24))
                .isEqualTo(0x0102030405060708L);
    }

    @Test
    void raisedLinesAddUpAndAreTakenAtOnce() {
        CpuSlots slots = new CpuSlots(2);
        List<Long> before = new ArrayList<>();
        before.add(GuardSteps.raise(slots, 1, 1));
        before.add(GuardSteps.raise(slots, 1, 4));
        assertThat(before).containsExactly(0L, 1L);
        assertThat(GuardSteps.takeRaised(slots, 1)).isEqualTo(5);
        assertThat(GuardSteps.takeRaised(slots, 1)).isZero();
        assertThat(slots.getRaisedOpaque(0)).isZero();
    }

    @Test
    void whatWasCopiedOutCanBeCopiedIn() {
        CpuSlots slots = new CpuSlots(2);
        slots.setCountOpaque(1, 7);
        slots.setServedOpaque(0, 9);
        CpuSlots other = new CpuSlots(2);
        other.copyFrom(bytesOf(slots));
        assertThat(other.getCountOpaque(1)).isEqualTo(7);
        assertThat(other.getServedOpaque(0)).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_537})
    void cpusOutOfRangeAreRefusedWithTheNumber(int cpus) {
        assertThatThrownBy(() -> new CpuSlots(cpus))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("" + cpus);
    }
}
