// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.blk.BlkDevice;
import io.virtio4j.blk.BlkOperation;
import io.virtio4j.blk.BlkOptions;
import io.virtio4j.blk.BlkRanges;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.transport.TransportException;
import io.virtio4j.vhostuser.VhostUserMemory;
import io.virtio4j.vhostuser.VhostUserMemory.Region;
import io.virtio4j.vhostuser.VhostUserOptions;
import io.virtio4j.vhostuser.VhostUserTransport;
import io.virtio4j.vhostuser.os.Descriptors;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The block driver against qemu-storage-daemon. */
@Tag("interop")
class StorageDaemonTest {
    private static final int SECTOR = 512;
    private static final long IMAGE_BYTES = 8 << 20;

    private final List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    Path folder;

    private Path image;
    private Path socket;
    private VhostUserMemory memory;
    private DmaArena arena;
    private List<String> open;

    @BeforeEach
    void makeImage() throws IOException {
        StorageDaemon.requireInstalled();
        open = Descriptors.open();
        image = folder.resolve("image");
        socket = folder.resolve("socket");
        byte[] content = new byte[(int) IMAGE_BYTES];
        new Random(7).nextBytes(content);
        Files.write(image, content);
        // Regions out of order, with holes between them in the file and in guest memory.
        memory = VhostUserMemory.of(List.of(
                new Region(0x1_0000_0000L, 4 << 20, 8 << 20),
                new Region(0x4000_0000, 1 << 20, 4096),
                new Region(0, 64 << 10, 2 << 20)));
        arena = new DmaArena(memory.memory().region(2));
    }

    @AfterEach
    void nothingIsLeft() {
        memory.close();
        assertThat(errors).isEmpty();
        // The transport's thread closes what is its own as it ends.
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!Descriptors.open().equals(open) && System.nanoTime() - deadlineNanos < 0) {
            Thread.onSpinWait();
        }
        assertThat(Descriptors.open()).isEqualTo(open);
    }

    private VhostUserTransport connect() {
        return VhostUserTransport.connect(socket, memory, VhostUserOptions.block(errors::add));
    }

    private BlkOptions options() {
        return BlkOptions.defaults(errors::add).withTimeoutNanos(TimeUnit.SECONDS.toNanos(10));
    }

    private static byte[] bytes(DmaBuffer buffer) {
        byte[] bytes = new byte[(int) buffer.lengthBytes()];
        buffer.memory().getBytes(buffer.offset(), bytes, 0, bytes.length);
        return bytes;
    }

    private byte[] imageBytes(long sector, int length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
            byte[] bytes = new byte[length];
            file.seek(sector * SECTOR);
            file.readFully(bytes);
            return bytes;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsWritesAndFlushes(boolean sleep) throws IOException {
        try (StorageDaemon daemon = StorageDaemon.start(image, socket, true, 1);
                VhostUserTransport transport = connect();
                BlkDevice disk = BlkDevice.open(transport, arena, options().withSleep(sleep))) {
            assertThat(disk.capacitySectors()).isEqualTo(IMAGE_BYTES / SECTOR);
            assertThat(disk.isReadOnly()).isFalse();
            DmaBuffer buffer = arena.allocate(64 << 10, 4096);
            for (long sector = 0; sector < IMAGE_BYTES / SECTOR; sector += 1024) {
                disk.read(sector, buffer);
                assertThat(bytes(buffer)).isEqualTo(imageBytes(sector, 64 << 10));
            }
            byte[] written = new byte[64 << 10];
            new Random(8).nextBytes(written);
            buffer.memory().putBytes(buffer.offset(), written, 0, written.length);
            disk.write(77, buffer);
            disk.flush();
            assertThat(imageBytes(77, written.length)).isEqualTo(written);
            buffer.memory().fill(buffer.offset(), buffer.lengthBytes(), 0);
            disk.read(77, buffer);
            assertThat(bytes(buffer)).isEqualTo(written);
            assertThat(daemon.isAlive()).isTrue();
        }
    }

    @Test
    void discardsAndWritesZeroes() throws IOException {
        try (StorageDaemon daemon = StorageDaemon.start(image, socket, true, 1);
                VhostUserTransport transport = connect();
                BlkDevice disk = BlkDevice.open(transport, arena, options())) {
            assertThat(disk.supports(BlkOperation.DISCARD)).isTrue();

            disk.writeZeroes(BlkRanges.of(0, 128), false);
            disk.discard(BlkRanges.of(1024, 2048));
            disk.flush();
            assertThat(imageBytes(0, 128 * SECTOR)).containsOnly(0);
            assertThat(imageBytes(1024, 2048 * SECTOR)).containsOnly(0);
            assertThat(imageBytes(128, SECTOR)).isNotEqualTo(new byte[SECTOR]);
            assertThat(daemon.isAlive()).isTrue();
        }
    }

    @Test
    void aDiskThatIsReadOnlyIsReadAndNotWritten() throws IOException {
        byte[] before = Files.readAllBytes(image);
        try (StorageDaemon daemon = StorageDaemon.start(image, socket, false, 1);
                VhostUserTransport transport = connect();
                BlkDevice disk = BlkDevice.open(transport, arena, options())) {
            assertThat(disk.isReadOnly()).isTrue();
            DmaBuffer buffer = arena.allocate(4096, 512);
            disk.read(3, buffer);
            assertThat(bytes(buffer)).isEqualTo(imageBytes(3, 4096));
            assertThatThrownBy(() -> disk.write(3, buffer))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("read-only");
            assertThat(daemon.isAlive()).isTrue();
        }
        assertThat(Files.readAllBytes(image)).isEqualTo(before);
    }

    @Test
    void severalQueuesServeSeveralThreads() throws Exception {
        int queues = 4;
        try (StorageDaemon daemon = StorageDaemon.start(image, socket, true, queues);
                VhostUserTransport transport = connect();
                BlkDevice disk = BlkDevice.open(
                        transport,
                        arena,
                        options().withQueues(queues).withQueueSize(64).withSleep(true))) {
            assertThat(disk.queueCount()).isEqualTo(queues);
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            for (int index = 0; index < queues; index++) {
                int mine = index;
                DmaBuffer buffer = arena.allocate(8192, 512);
                Thread thread = new Thread(() -> {
                    for (int round = 0; round < 50; round++) {
                        long sector = mine * 2048L + round * 16L;
                        buffer.memory().fill(buffer.offset(), 8192, mine * 50 + round);
                        disk.queue(mine).write(sector, buffer);
                        buffer.memory().fill(buffer.offset(), 8192, 255);
                        disk.queue(mine).read(sector, buffer);
                        assertThat(bytes(buffer)).containsOnly((byte) (mine * 50 + round));
                    }
                });
                thread.setUncaughtExceptionHandler((failed, failure) -> failures.add(failure));
                threads.add(thread);
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            assertThat(daemon.isAlive()).isTrue();
        }
    }

    @Test
    void aDriverComesAndGoesOnOneConnectionAndOnNewOnes() throws IOException {
        DmaBuffer buffer = arena.allocate(4096, 512);
        try (StorageDaemon daemon = StorageDaemon.start(image, socket, true, 2)) {
            for (int connection = 0; connection < 3; connection++) {
                try (VhostUserTransport transport = connect()) {
                    for (int driver = 0; driver < 3; driver++) {
                        try (BlkDevice disk =
                                BlkDevice.open(transport, arena, options().withQueues(1 + driver % 2))) {
                            disk.read(driver, buffer);
                            assertThat(bytes(buffer)).isEqualTo(imageBytes(driver, 4096));
                            disk.reset((token, status) -> {});
                            disk.read(driver + 1, buffer);
                            assertThat(bytes(buffer)).isEqualTo(imageBytes(driver + 1, 4096));
                        }
                    }
                }
            }
            assertThat(daemon.isAlive()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @SuppressWarnings("try") // closed while the second daemon lives
    void aDaemonThatIsKilledIsNoticedAndItsSuccessorServesAfterAReset(boolean sleep) throws IOException {
        DmaBuffer buffer = arena.allocate(4096, 512);
        StorageDaemon first = StorageDaemon.start(image, socket, true, 1);
        try (VhostUserTransport transport = connect();
                BlkDevice disk = BlkDevice.open(transport, arena, options().withSleep(sleep))) {
            disk.write(5, buffer);
            disk.flush();
            first.kill();
            assertThatThrownBy(() -> disk.read(5, buffer)).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> disk.reset((token, status) -> {}))
                    .isInstanceOf(TransportException.class)
                    .hasMessageContaining("no back-end at " + socket);
            Files.deleteIfExists(socket);
            try (StorageDaemon second = StorageDaemon.start(image, socket, true, 1)) {
                disk.reset((token, status) -> {});
                disk.read(5, buffer);
                assertThat(bytes(buffer)).containsOnly(0);
                assertThat(second.isAlive()).isTrue();
                disk.close();
                transport.close();
            }
        } finally {
            first.close();
        }
        errors.clear();
    }

    @Test
    void theSecondOfTwoFrontEndsIsNotServedAndNotHung() {
        try (StorageDaemon daemon = StorageDaemon.start(image, socket, true, 1);
                VhostUserTransport transport = connect()) {
            VhostUserOptions hurried =
                    VhostUserOptions.block(errors::add).withTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(200));
            assertThatThrownBy(() -> VhostUserTransport.connect(socket, memory, hurried))
                    .isInstanceOf(TransportException.class)
                    .hasMessageContaining("no message came in time");
            assertThat(transport.status()).isZero();
            assertThat(daemon.isAlive()).isTrue();
        }
    }
}
