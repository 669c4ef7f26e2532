// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedMemoryTest {
    private final SharedMemory memory = SharedMemory.allocate(64, 0x1000);

    private byte[] bytes(int offset, int count) {
        byte[] bytes = new byte[count];
        memory.getBytes(offset, bytes, 0, count);
        return bytes;
    }

    @Property(tries = 300)
    void aRegionOfAnyLengthIsAllocatedZeroedAndWholeAddressable(@ForAll @IntRange(min = 1, max = 20_000) int length) {
        SharedMemory region = SharedMemory.allocate(length, 0);

        byte[] contents = new byte[length];
        region.getBytes(0, contents, 0, length);

        assertThat(region.lengthBytes()).isEqualTo(length);
        assertThat(contents).containsOnly(0);
        assertThat(region.view(0, 1).alignmentOffset(0, 4096)).isZero();
    }

    @Test
    void sixteenBitsAreLittleEndian() {
        memory.putLe16(0, 0x1234);

        assertThat(bytes(0, 2)).containsExactly(0x34, 0x12);
        assertThat(memory.getLe16(0)).isEqualTo(0x1234);
    }

    @Test
    void thirtyTwoBitsAreLittleEndian() {
        memory.putLe32(0, 0x1234_5678);

        assertThat(bytes(0, 4)).containsExactly(0x78, 0x56, 0x34, 0x12);
        assertThat(memory.getLe32(0)).isEqualTo(0x1234_5678);
    }

    @Test
    void sixtyFourBitsAreLittleEndian() {
        memory.putLe64(0, 0x0102_0304_0506_0708L);

        assertThat(bytes(0, 8)).containsExactly(8, 7, 6, 5, 4, 3, 2, 1);
        assertThat(memory.getLe64(0)).isEqualTo(0x0102_0304_0506_0708L);
    }

    @Test
    void opaqueAccessIsLittleEndianToo() {
        memory.putLe16Opaque(memory.wmb(), 0, 0x1234);
        memory.putLe32Opaque(memory.wmb(), 4, 0x0102_0304);
        memory.putSuppressionLe16(2, 0xABCD);

        assertThat(bytes(0, 8)).containsExactly(0x34, 0x12, 0xCD, 0xAB, 4, 3, 2, 1);
        assertThat(memory.getLe16Opaque(2)).isEqualTo(0xABCD);
        assertThat(memory.getLe16Opaque(memory.mb(), 2)).isEqualTo(0xABCD);
        assertThat(memory.getLe32Opaque(4)).isEqualTo(0x0102_0304);
        assertThat(memory.getLe32Opaque(memory.mb(), 4)).isEqualTo(0x0102_0304);
    }

    @Test
    void aSixteenBitLoadIsNeverNegative() {
        memory.putLe16(0, 0xFFFF);

        assertThat(List.of(memory.getLe16(0), memory.getLe16Opaque(0), memory.getLe16(memory.rmb(), 0)))
                .containsOnly(0xFFFF);
        assertThat(memory.getByte(0)).isEqualTo(0xFF);
    }

    @Test
    void onlyTheLowBitsOfAValueAreStored() {
        memory.putLe16(0, 0xF_0001);
        memory.putByte(4, 0x1FF);

        assertThat(memory.getLe32(0)).isEqualTo(1);
        assertThat(memory.getLe32(4)).isEqualTo(0xFF);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 7})
    void plainAccessNeedNotBeAligned(int offset) {
        memory.putLe64(offset, 0x0102_0304_0506_0708L);
        assertThat(memory.getLe64(offset)).isEqualTo(0x0102_0304_0506_0708L);
        memory.putLe32(offset, 0x1122_3344);
        assertThat(memory.getLe32(offset)).isEqualTo(0x1122_3344);
        memory.putLe16(offset, 0x5566);
        assertThat(memory.getLe16(offset)).isEqualTo(0x5566);
    }

    @Test
    void intsAreCopiedAsLittleEndianValues() {
        memory.putLe32s(1, new int[] {9, 0x0102_0304, 0x0506_0708, 9}, 1, 2);
        int[] back = new int[4];
        memory.getLe32s(1, back, 1, 2);

        assertThat(bytes(1, 8)).containsExactly(4, 3, 2, 1, 8, 7, 6, 5);
        assertThat(back).containsExactly(0, 0x0102_0304, 0x0506_0708, 0);
    }

    @ParameterizedTest
    @CsvSource({"0, 8, 16", "8, 0, 16", "0, 40, 8"})
    void aCopyWithinTheRegionIsAsIfThroughATemporary(int from, int to, int count) {
        for (int i = 0; i < 64; i++) {
            memory.putByte(i, i);
        }
        byte[] expected = bytes(from, count);

        memory.copyTo(from, memory, to, count);

        assertThat(bytes(to, count)).isEqualTo(expected);
    }

    @Test
    void aViewIsTheSameMemory() {
        memory.view(8, 4).putInt(0, 0x0403_0201);

        assertThat(bytes(8, 4)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void aWrappedBufferIsTheSameMemoryFromItsPositionToItsLimit() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(256).alignedSlice(16);
        buffer.position(16).limit(48);

        SharedMemory region = SharedMemory.wrap(buffer, 0x2000);
        region.putByte(0, 7);

        assertThat(region.lengthBytes()).isEqualTo(32);
        assertThat(buffer.get(16)).isEqualTo((byte) 7);
    }

    @Test
    void aBufferThatIsNoGoodIsRefused() {
        ByteBuffer aligned = ByteBuffer.allocateDirect(256).alignedSlice(16);

        assertThatIllegalArgumentException().isThrownBy(() -> SharedMemory.wrap(ByteBuffer.allocate(64), 0));
        assertThatIllegalArgumentException().isThrownBy(() -> SharedMemory.wrap(aligned.asReadOnlyBuffer(), 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SharedMemory.wrap(aligned.duplicate().position(1), 0))
                .withMessageContaining("1 past");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SharedMemory.wrap(aligned.duplicate().limit(0), 0));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-1, 0", "5000000000, -1", "16, -1", "16, 9223372036854775800"})
    void aRegionThatCannotBeIsRefused(long length, long guestAddress) {
        assertThatIllegalArgumentException().isThrownBy(() -> SharedMemory.allocate(length, guestAddress));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 64, 63, 61, 57, Long.MAX_VALUE, Long.MIN_VALUE, 0xFFFF_FFFFL, 0x1_0000_0000L})
    void anAccessThatDoesNotFitThrowsAndTouchesNothing(long offset) {
        List.<Runnable>of(
                        () -> memory.getLe64(offset),
                        () -> memory.putLe64(offset, -1),
                        () -> memory.getLe64(memory.rmb(), offset),
                        () -> memory.fill(offset, 8, 1),
                        () -> memory.getBytes(offset, new byte[8], 0, 8),
                        () -> memory.putBytes(offset, new byte[8], 0, 8),
                        () -> memory.getLe32s(offset, new int[2], 0, 2),
                        () -> memory.putLe32s(offset, new int[2], 0, 2),
                        () -> memory.copyTo(offset, memory, 0, 8),
                        () -> memory.copyTo(0, memory, offset, 8),
                        () -> memory.view(offset, 8))
                .forEach(access -> assertThatThrownBy(access::run)
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessageContaining("64 bytes"));
        assertThat(bytes(0, 64)).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 63, 64, Long.MAX_VALUE})
    void anOpaqueAccessThatDoesNotFitThrows(long offset) {
        List.<Runnable>of(
                        () -> memory.getLe16Opaque(offset),
                        () -> memory.getLe32Opaque(offset),
                        () -> memory.getLe16Opaque(memory.mb(), offset),
                        () -> memory.getLe32Opaque(memory.mb(), offset),
                        () -> memory.putLe16Opaque(memory.wmb(), offset, 1),
                        () -> memory.putLe32Opaque(memory.wmb(), offset, 1),
                        () -> memory.putSuppressionLe16(offset, 1),
                        () -> memory.getLe16(memory.rmb(), offset),
                        () -> memory.getLe32(memory.rmb(), offset))
                .forEach(access -> assertThatThrownBy(access::run).isInstanceOf(IndexOutOfBoundsException.class));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 57})
    void anOrderedAccessToAnOddOffsetThrowsAndTouchesNothing(long offset) {
        List.<Runnable>of(
                        () -> memory.getLe16Opaque(offset),
                        () -> memory.getLe16Opaque(memory.mb(), offset),
                        () -> memory.putLe16Opaque(memory.wmb(), offset, -1),
                        () -> memory.putSuppressionLe16(offset, -1),
                        () -> memory.getLe32Opaque(offset),
                        () -> memory.getLe32Opaque(memory.mb(), offset),
                        () -> memory.putLe32Opaque(memory.wmb(), offset, -1))
                .forEach(access -> assertThatIllegalArgumentException()
                        .isThrownBy(access::run)
                        .withMessageContaining("aligned offset"));
        assertThat(bytes(0, 64)).containsOnly(0);
    }

    @Test
    void aThirtyTwoBitOrderedAccessNeedsAMultipleOfFour() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> memory.getLe32Opaque(2))
                .withMessageContaining("4 bytes")
                .withMessageContaining("not 2");
    }

    @ParameterizedTest
    @CsvSource({"0, -1", "0, 65", "64, 1", "1, 64"})
    void aRangeThatDoesNotFitThrows(long offset, int length) {
        assertThatThrownBy(() -> memory.fill(offset, length, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.copyTo(offset, memory, 0, length))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.getBytes(offset, new byte[128], 0, length))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 9223372036854775807",
        "9223372036854775807, 9223372036854775000",
        "4611686018427387904, 9223372036854775807",
        "9223372036854775807, 1",
        "0, 9223372036854775807"
    })
    void aRangeWhoseEndIsBeyondAllNumbersThrows(long offset, long length) {
        assertThatThrownBy(() -> memory.fill(offset, length, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.copyTo(offset, memory, 0, length))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.copyTo(0, memory, offset, length))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @CsvSource({"-1, 4", "1, 4", "0, 5", "2147483647, 4"})
    void anArrayRangeThatDoesNotFitThrows(int index, int count) {
        assertThatThrownBy(() -> memory.getBytes(0, new byte[4], index, count))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.putBytes(0, new byte[4], index, count))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.getLe32s(0, new int[4], index, count))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.putLe32s(0, new int[4], index, count))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
