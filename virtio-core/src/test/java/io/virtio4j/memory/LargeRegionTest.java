// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Regions longer than a byte buffer can be. Few of their pages are touched, so few exist. */
class LargeRegionTest {
    private static final long LENGTH = 5L << 30;
    private static final long GUEST_BASE = 0x1_0000_0000L;
    private static final SharedMemory MEMORY = SharedMemory.allocate(LENGTH, GUEST_BASE);

    @Test
    void aFreshRegionIsZeroAtBothEndsAndInBetween() {
        SharedMemory fresh = SharedMemory.allocate(LENGTH, 0);

        assertThat(fresh.lengthBytes()).isEqualTo(LENGTH);
        for (long offset : new long[] {0, (1L << 31) - 4, 1L << 31, (1L << 32) - 4, 1L << 32, LENGTH - 8}) {
            assertThat(fresh.getLe64(offset)).isZero();
        }
    }

    @Test
    void aRegionIsAlignedToPages() {
        assertThat(MEMORY.view(1L << 32, 1).alignmentOffset(0, 4096)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 30, 1L << 31, 3L << 30, 1L << 32})
    void everyBitOfAnOffsetCounts(long boundary) {
        for (long at = boundary - 9; at <= boundary + 1; at++) {
            MEMORY.putLe64(at, 0x1122_3344_5566_7788L ^ at);
            assertThat(MEMORY.getLe64(at)).isEqualTo(0x1122_3344_5566_7788L ^ at);
            MEMORY.putLe32(at, (int) at);
            assertThat(MEMORY.getLe32(at)).isEqualTo((int) at);
            MEMORY.putLe16(at, (int) at);
            assertThat(MEMORY.getLe16(at)).isEqualTo((int) at & 0xFFFF);
            assertThat(MEMORY.getByte(at)).isEqualTo((int) at & 0xFF);
        }
        MEMORY.putLe16Opaque(MEMORY.wmb(), boundary, 0xBEEF);
        assertThat(MEMORY.getLe16Opaque(boundary)).isEqualTo(0xBEEF);
        assertThat(MEMORY.getLe16Opaque(boundary & Integer.MAX_VALUE)).isEqualTo(boundary == 1L << 30 ? 0xBEEF : 0);
        MEMORY.fill(boundary - 16, 32, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 31, 1L << 32})
    void aRangeIsCopiedOverABoundaryBothWays(long boundary) {
        byte[] bytes = new byte[10_000];
        new Random(boundary).nextBytes(bytes);
        byte[] back = new byte[bytes.length];

        MEMORY.putBytes(boundary - 5_000, bytes, 0, bytes.length);
        MEMORY.copyTo(boundary - 5_000, MEMORY, boundary - 4_000, bytes.length);
        MEMORY.copyTo(boundary - 4_000, MEMORY, boundary - 4_700, bytes.length);
        MEMORY.getBytes(boundary - 4_700, back, 0, back.length);

        assertThat(back).isEqualTo(bytes);
        MEMORY.fill(boundary - 5_000, 11_000, 0);
        assertThat(MEMORY.getLe64(boundary - 4)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {LENGTH, LENGTH - 3, 6L << 30, -1, Long.MAX_VALUE})
    void anAccessBeyondTheEndThrows(long offset) {
        assertThatThrownBy(() -> MEMORY.getLe32(offset))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining(LENGTH + " bytes");
        assertThatThrownBy(() -> MEMORY.fill(LENGTH - 8, 9, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void guestAddressesBeyondFourGibibytesAreFound() {
        SharedMemory above = SharedMemory.allocate(4096, GUEST_BASE + LENGTH);
        GuestMemory guest = GuestMemory.of(SharedMemory.allocate(4096, 0), MEMORY, above);
        long inside = GUEST_BASE + (1L << 32) - 100;

        assertThat(guest.regionIndex(inside)).isEqualTo(1);
        assertThat(guest.contiguousBytes(1, inside, 4096)).isEqualTo(100);
        assertThat(guest.regionIndexOfWhole(inside, 4096)).isEqualTo(1);
        assertThat(guest.regionIndex(GUEST_BASE + LENGTH)).isEqualTo(2);
        assertThat(guest.regionIndexOfWhole(GUEST_BASE + LENGTH - 1, 2)).isEqualTo(GuestMemory.BAD_ADDRESS);
        assertThat(guest.regionIndex(GUEST_BASE - 1)).isEqualTo(GuestMemory.BAD_ADDRESS);
    }

    @Test
    void aQueueOverBuffersThatStraddleWindowsWorks() {
        // The rings come first; the data of the requests lies across 2^32.
        SharedMemory region = SharedMemory.allocate(LENGTH, QueuePair.GUEST_BASE);
        QueuePair queue = QueuePair.over(region, 16, Features.of(FeatureBits.VERSION_1), BarrierPolicy.OPTIMIZED, 0);
        long data = QueuePair.GUEST_BASE + (1L << 32) - 6;
        region.putLe64((1L << 32) - 6, 0x0102_0304_0506_0708L);

        queue.driver.offer(new BufferChain(2).addReadable(data, 8).addWritable(data, 8), 7);
        int handle = queue.device.next();
        DescriptorChain chain = queue.device.chain(handle);
        assertThat(chain.pieces()).isEqualTo(4);
        chain.putLe64(0, chain.getLe64(0) + 1);
        queue.device.complete(handle, 8);
        queue.device.publish();

        assertThat(queue.poll()).containsExactly(new QueuePair.Used(7, 8));
        assertThat(region.getLe64((1L << 32) - 6)).isEqualTo(0x0102_0304_0506_0709L);
    }

    @Test
    void consecutiveWindowsOfAMappedFileAreOneRegion(@TempDir Path folder) throws IOException {
        long length = (4L << 30) + 4096;
        List<ByteBuffer> windows = new ArrayList<>();
        try (FileChannel file = FileChannel.open(
                folder.resolve("ram"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long at = 0; at < length; at += 1L << 30) {
                windows.add(file.map(MapMode.READ_WRITE, at, Math.min(1L << 30, length - at)));
            }
            SharedMemory region = SharedMemory.wrap(windows, 0);
            region.putLe64((1L << 32) - 4, 0x1122_3344_5566_7788L);

            ByteBuffer read = ByteBuffer.allocate(8);
            file.read(read, (1L << 32) - 4);
            assertThat(read.array()).containsExactly(0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11);
            assertThat(region.lengthBytes()).isEqualTo(length);
        }
    }

    @Test
    void aRegionThatNoFileSystemHoldsIsRefusedWithWhatThereIs() {
        assertThatIllegalStateException()
                .isThrownBy(() -> SharedMemory.allocate(1L << 60, 0))
                .withMessageContaining((1L << 60) + " bytes")
                .withMessageContaining(" has ");
    }
}
