// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessOptions;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.blk.FileBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedTransport;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that are plugged and unplugged all day long: no thread, no descriptor and no byte of the driver's memory is left behind. */
final class BlkOpenCloseTest {
    private static final int CYCLES = 1_000;
    private static final int DISK_BYTES = 1 << 16;
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void aThousandDisksOnThreadsOfTheirOwnLeaveNothingBehind(int workers) throws IOException {
        InProcessOptions options =
                InProcessOptions.DEFAULTS.withIdle(DeviceIdle.NOTIFIED).withWorkers(workers);
        Path image = image();
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            try (FileBlockStore store = FileBlockStore.open(image, false);
                    InProcessTransport transport = InProcessTransport.start(
                            disk(store, workers), GuestMemory.of(memory), options, errors::add)) {
                use(transport, new YieldingIdleStrategy(), workers, cycle);
            }
        }
        assertNothingIsLeft(image);
    }

    @Test
    void aThousandDisksThatAreSteppedLeaveNothingBehind() throws IOException {
        Path image = image();
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            try (FileBlockStore store = FileBlockStore.open(image, false)) {
                SteppedTransport transport = SteppedTransport.of(
                        disk(store, 1), GuestMemory.of(memory), StepPlan.prompt(cycle), errors::add);
                use(transport, transport.idleStrategy(), 1, cycle);
                transport.close();
            }
        }
        assertNothingIsLeft(image);
    }

    @Test
    void aThousandDriversOfOneDiskLeaveNothingBehind() throws IOException {
        Path image = image();
        try (FileBlockStore store = FileBlockStore.open(image, false);
                InProcessTransport transport = InProcessTransport.start(
                        disk(store, 1), GuestMemory.of(memory), DeviceIdle.NOTIFIED, errors::add)) {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                use(transport, new YieldingIdleStrategy(), 1, cycle);
            }
            assertThat(deviceThreads()).hasSize(1);
        }
        assertNothingIsLeft(image);
    }

    private Path image() throws IOException {
        Path image = directory.resolve("disk.img");
        FileBlockStore.create(image, DISK_BYTES).close();
        return image;
    }

    private SimBlk disk(FileBlockStore store, int queues) {
        return new SimBlk(store, SimBlkOptions.DEFAULTS.withQueues(queues), errors::add);
    }

    /** A write that is read back, and one that the close finds in flight. */
    private void use(Transport transport, IdleStrategy idle, int queues, int cycle) {
        BlkOptions options = BlkOptions.defaults(errors::add)
                .withIdle(idle)
                .withQueues(queues)
                .withQueueSize(16);
        BlkDevice device = BlkDevice.open(transport, arena, options);
        DmaBuffer buffer = arena.allocate(512, 512);
        memory.putLe32(buffer.offset(), cycle);
        BlkRequests queue = device.queue(cycle % queues);
        queue.write(cycle % 8, buffer);
        memory.putLe32(buffer.offset(), -1);
        queue.read(cycle % 8, buffer);
        assertThat(memory.getLe32(buffer.offset())).isEqualTo(cycle);
        assertThat(queue.submitRead(0, new BlkData().add(buffer), cycle)).isEqualTo(BlkDevice.SUBMITTED);
        device.close();
        buffer.free();
        assertThat(arena.freeBytes()).as("after cycle %s", cycle).isEqualTo(memory.lengthBytes());
    }

    private void assertNothingIsLeft(Path image) throws IOException {
        assertThat(errors).isEmpty();
        assertThat(deviceThreads()).isEmpty();
        assertThat(descriptorsOf(image)).isZero();
    }

    private static List<Thread> deviceThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("virtio4j-"))
                .toList();
    }

    /** Of this process; where the system does not tell, there is nothing to count. */
    private static long descriptorsOf(Path image) throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.filter(descriptor -> pointsTo(descriptor, image)).count();
        }
    }

    private static boolean pointsTo(Path descriptor, Path image) {
        try {
            return Files.readSymbolicLink(descriptor).equals(image.toRealPath());
        } catch (IOException e) {
            // Closed since it was listed, as the one that the list itself is read through.
            return false;
        }
    }
}
