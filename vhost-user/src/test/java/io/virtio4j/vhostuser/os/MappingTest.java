// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.SharedMemory;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MappingTest {
    private static final long GIB = 1L << 30;
    private static final long GUEST = 0x1_0000_0000L;

    private List<String> open;

    @BeforeEach
    void count() {
        open = Descriptors.open();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertThat(Descriptors.open()).isEqualTo(open);
    }

    @Test
    void twoMappingsOfAFileAreOneMemory() {
        Mapping whole;
        Mapping part;
        try (MemoryFile file = MemoryFile.create("two", 64 << 10)) {
            whole = Mapping.of(file.fd(), 0, file.lengthBytes(), 0);
            // Not at a page boundary.
            part = Mapping.of(file.fd(), 4096 + 48, 100, GUEST);
        }
        whole.memory().putLe32(4096 + 48 + 96, 0x1234_5678);
        assertThat(part.memory().getLe32(96)).isEqualTo(0x1234_5678);
        assertThat(part.memory().lengthBytes()).isEqualTo(100);
        assertThat(part.memory().guestAddress()).isEqualTo(GUEST);
        whole.release();
        part.release();
    }

    @Test
    void aRegionLongerThanABufferIsOneRegion() {
        long length = 3 * GIB + 12288;
        try (MemoryFile file = MemoryFile.create("long", length)) {
            Mapping mapping = Mapping.of(file.fd(), 0, length, GUEST);
            SharedMemory memory = mapping.memory();
            assertThat(memory.lengthBytes()).isEqualTo(length);
            memory.putLe64(2 * GIB - 4, 0x0102_0304_0506_0708L);
            memory.putLe64(length - 8, 7);
            Mapping end = Mapping.of(file.fd(), 2 * GIB - 4096, GIB + 16384, GUEST);
            assertThat(end.memory().getLe64(4092)).isEqualTo(0x0102_0304_0506_0708L);
            assertThat(end.memory().getLe64(GIB + 16384 - 8)).isEqualTo(7);
            end.release();
            mapping.release();
        }
    }

    @Test
    void aReleasedRegionReachesTheFileNoMoreAndKillsNobody() {
        try (MemoryFile file = MemoryFile.create("released", 8192)) {
            Mapping kept = Mapping.of(file.fd(), 0, 8192, 0);
            Mapping released = Mapping.of(file.fd(), 0, 8192, 0);
            ByteBuffer view = released.memory().view(0, 16);
            kept.memory().putByte(0, 42);
            released.release();
            released.release();
            view.put(0, (byte) 1);
            released.memory().putByte(1, 2);
            assertThat(kept.memory().getByte(0)).isEqualTo(42);
            assertThat(kept.memory().getByte(1)).isZero();
            assertThat(Descriptors.mappings("/memfd:released")).hasSize(1);
            kept.release();
            assertThat(Descriptors.mappings("/memfd:released")).isEmpty();
        }
    }

    @Test
    void aRegionThatIsNotWithinItsFileIsRefused() {
        try (MemoryFile file = MemoryFile.create("short", 8192)) {
            long[][] wrong = {
                {0, 8193, 0},
                {8192, 1, 0},
                {8193, 1, 0},
                {-16, 32, 0},
                {0, 0, 0},
                {0, -1, 0},
                {4096, Long.MAX_VALUE, 0},
                {Long.MAX_VALUE, 1, 0},
                {0, 16, -1},
                {0, 16, Long.MAX_VALUE},
                {8, 16, 0}
            };
            for (long[] one : wrong) {
                assertThatThrownBy(() -> Mapping.of(file.fd(), one[0], one[1], one[2]))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(Descriptors.mappings("/memfd:short")).isEmpty();
        }
    }

    @Test
    void theLengthOfAMemoryFileIsFinal() {
        try (MemoryFile file = MemoryFile.create("sealed", 8192)) {
            assertThat(SystemCalls.ftruncate(file.fd().number(), 4096)).isNegative();
            assertThat(SystemCalls.ftruncate(file.fd().number(), 16384)).isNegative();
            assertThat(file.fd().lengthBytes()).isEqualTo(8192);
        }
    }

    @Test
    void aFileForWhichThereIsNoRoomLeavesNothingOpen() {
        assertThatThrownBy(() -> MemoryFile.create("negative", -1))
                .isInstanceOf(SystemCallException.class)
                .hasMessage("ftruncate to -1 bytes: EINVAL");
    }
}
