// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.SharedMemory;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plain copy does the same work as the device: as many bytes, from and to the same places. */
final class PlainLoadTest {
    private static final int BLOCK_BYTES = 512;
    private static final int BLOCKS = 16;

    @TempDir
    private Path directory;

    /** Notes where it was asked to copy. */
    private static final class Recorder implements PlainStore {
        private final List<List<Long>> copies = new ArrayList<>();

        @Override
        public void copy(boolean read, long offsetBytes, int slot) {
            copies.add(List.of(read ? 1L : 0L, offsetBytes, (long) slot));
        }

        @Override
        public void close() {}
    }

    @Test
    void goesWhereTheDeviceGoesAndUsesItsBuffersInTurn() throws IOException {
        Workload workload = new Workload(Pattern.RANDRW, 50, BLOCK_BYTES, 1, BLOCKS * BLOCK_BYTES, 5);
        Recorder recorder = new Recorder();
        long copies = new PlainLoad(recorder, new Places(workload, 0), BLOCK_BYTES, 3).run(System.nanoTime());
        assertThat(copies).isPositive().isEqualTo(recorder.copies.size());
        Places places = new Places(workload, 0);
        for (int i = 0; i < copies; i++) {
            places.next();
            assertThat(recorder.copies.get(i))
                    .containsExactly(places.isRead() ? 1L : 0L, places.offsetBytes(), (long) (i % 3));
        }
    }

    @Test
    void aWriteAndAReadOfMemoryMoveABlockThereAndBack() {
        SharedMemory area = PlainMemory.area(BLOCKS * BLOCK_BYTES);
        area.fill(3 * BLOCK_BYTES, BLOCK_BYTES, 0x11);
        PlainMemory memory = new PlainMemory(area, BLOCK_BYTES, 2);
        memory.copy(true, 3 * BLOCK_BYTES, 1);
        memory.copy(false, 9 * BLOCK_BYTES, 1);
        memory.copy(false, 5 * BLOCK_BYTES, 0);
        for (int block = 0; block < BLOCKS; block++) {
            int expected = block == 3 || block == 9 ? 0x11 : Layout.FILL;
            assertThat(area.getByte((long) block * BLOCK_BYTES))
                    .as("block %d", block)
                    .isEqualTo(expected);
            assertThat(area.getByte((block + 1L) * BLOCK_BYTES - 1)).isEqualTo(expected);
        }
    }

    private byte[] randomFile(Path path) throws IOException {
        byte[] bytes = new byte[BLOCKS * BLOCK_BYTES];
        new Random(1).nextBytes(bytes);
        Files.write(path, bytes);
        return bytes;
    }

    @Test
    void aWriteAndAReadOfAFileMoveABlockThereAndBack() throws IOException {
        Path path = directory.resolve("disk");
        byte[] before = randomFile(path);
        try (PlainFile file = new PlainFile(path, true, BLOCK_BYTES, 2)) {
            file.copy(true, 3 * BLOCK_BYTES, 1);
            file.copy(false, 9 * BLOCK_BYTES, 1);
        }
        System.arraycopy(before, 3 * BLOCK_BYTES, before, 9 * BLOCK_BYTES, BLOCK_BYTES);
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    @Test
    void aFileThatIsOnlyReadIsNotOpenedForWriting() throws IOException {
        Path path = directory.resolve("disk");
        byte[] before = randomFile(path);
        try (PlainFile file = new PlainFile(path, false, BLOCK_BYTES, 1)) {
            file.copy(true, 0, 0);
            assertThatThrownBy(() -> file.copy(false, 0, 0)).isInstanceOf(NonWritableChannelException.class);
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    @Test
    void aFileThatHasBecomeShorterSaysSo() throws IOException {
        Path path = directory.resolve("disk");
        Files.write(path, Arrays.copyOf(randomFile(path), BLOCK_BYTES));
        try (PlainFile file = new PlainFile(path, false, BLOCK_BYTES, 1)) {
            assertThatThrownBy(() -> file.copy(true, BLOCK_BYTES, 0)).isInstanceOf(EOFException.class);
        }
    }
}
