// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.blk.ModelThread.Kind;
import io.virtio4j.blk.ModelThread.Op;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.InProcessOptions;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.blk.BlkRangeLimits;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.testkit.Clause;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Whatever several threads do, each with its own queue, on parts of a disk that touch in the middle of an overlay's block:
 * every byte that is read, and the image at the end, are those of a plain array.
 */
final class BlkModelPropertyTest {
    private static final int QUEUES = 4;
    private static final int FIRST = 6;
    private static final int END = FIRST + QUEUES * ModelThread.SECTORS;
    private static final byte[] BYTES = Rig.pattern((END + 3) * 512, 1);
    private static final long GUEST_ADDRESS = 0x4000_0000;
    private static final long PATIENCE_SECONDS = 60;

    /** The first is the driver's, the others are a thread's each; the same in all tries. */
    private static final SharedMemory[] REGIONS = regions();

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(QUEUES, task -> {
        Thread thread = new Thread(task, "queue");
        thread.setDaemon(true);
        return thread;
    });

    private static long operationsRun;
    private static int triesRun;

    private static SharedMemory[] regions() {
        SharedMemory[] regions = new SharedMemory[1 + QUEUES];
        for (int i = 0; i < regions.length; i++) {
            regions[i] =
                    SharedMemory.allocate(ModelThread.MEMORY_BYTES, GUEST_ADDRESS + 2L * i * ModelThread.MEMORY_BYTES);
        }
        return regions;
    }

    /** A disk, how it is reached, and by how many threads the device serves it; limits of 0 are none. */
    record Setup(
            StoreKind kind,
            int workers,
            boolean packed,
            boolean sleep,
            int queueSize,
            int segMax,
            int sizeMax,
            int rangeSectors) {
        InProcessOptions threads() {
            return InProcessOptions.DEFAULTS.withWorkers(workers);
        }

        SimBlkOptions options() {
            BlkRangeLimits limits = new BlkRangeLimits(rangeSectors, 2, 4);
            return SimBlkOptions.DEFAULTS
                    .withQueues(QUEUES)
                    .withQueueSize(queueSize)
                    .withLimits(segMax, sizeMax)
                    .withRanges(new io.virtio4j.sim.blk.BlkRanges(limits, limits, limits));
        }
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    @Clause({"BLK-QUEUE-COUNT", "BLK-REQ-LAYOUT", "BLK-DEV-WZEROES-READ-ZERO", "BLK-DEV-STABLE-FLUSH"})
    void theDiskIsAnArrayOfBytesToSeveralThreadsAtOnce(
            @ForAll("setups") Setup setup, @ForAll("works") List<List<Op>> works) throws Exception {
        Path folder = Files.createTempDirectory("virtio4j");
        try {
            byte[] model = BYTES.clone();
            try (BlockStore store = setup.kind.open(folder, BYTES)) {
                use(store, setup, works, model);
                if (setup.kind.isKept()) {
                    assertSame(setup.kind.left(folder), model);
                }
            }
            if (setup.kind.isOverlay()) {
                assertSame(Files.readAllBytes(folder.resolve(StoreKind.IMAGE)), BYTES);
            }
        } finally {
            delete(folder);
            triesRun++;
            operationsRun += works.stream().mapToInt(List::size).sum();
        }
    }

    private static void assertSame(byte[] disk, byte[] model) {
        // Not isEqualTo, which would print a megabyte.
        assertThat(disk).hasSameSizeAs(model);
        assertThat(Arrays.mismatch(disk, model)).as("first byte that differs").isEqualTo(-1);
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** Lets the threads work, puts into the model what they did, flushes that, and looks at it. */
    private static void use(BlockStore store, Setup setup, List<List<Op>> works, byte[] model)
            throws InterruptedException, ExecutionException, IOException {
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        SimBlk sim = new SimBlk(store, setup.options(), errors::add);
        try (InProcessTransport transport =
                        InProcessTransport.start(sim, GuestMemory.of(REGIONS), setup.threads(), errors::add);
                BlkDevice device = BlkDevice.open(transport, new DmaArena(REGIONS[0]), driver(setup, errors))) {
            assertThat(device.queueCount()).isEqualTo(QUEUES);
            List<Future<byte[]>> running = new ArrayList<>();
            for (int i = 0; i < QUEUES; i++) {
                int first = FIRST + i * ModelThread.SECTORS;
                byte[] part = Arrays.copyOfRange(BYTES, first * 512, (first + ModelThread.SECTORS) * 512);
                ModelThread thread = new ModelThread(device.queue(i), first, REGIONS[1 + i], part);
                List<Op> work = works.get(i);
                running.add(THREADS.submit(() -> thread.run(work)));
            }
            for (int i = 0; i < QUEUES; i++) {
                byte[] part = await(running.get(i));
                System.arraycopy(part, 0, model, (FIRST + i * ModelThread.SECTORS) * 512, part.length);
            }
            device.flush();
            try (BlkChannel channel = BlkChannel.open(device, new DmaArena(REGIONS[1]))) {
                assertSame(Channels.newInputStream(channel).readAllBytes(), model);
            }
            assertThat(errors).isEmpty();
        }
    }

    private static byte[] await(Future<byte[]> thread) throws InterruptedException, ExecutionException {
        try {
            return thread.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError("a thread has not ended in " + PATIENCE_SECONDS + " s", e);
        }
    }

    private static BlkOptions driver(Setup setup, Queue<Throwable> errors) {
        return new DriverVariant(setup.packed, QUEUES, setup.sleep).of(BlkOptions.defaults(errors::add));
    }

    @AfterContainer
    static void printHowManyThereWere() {
        THREADS.shutdownNow();
        System.out.printf(Locale.ROOT, "BlkModelPropertyTest: %,d operations in %,d tries%n", operationsRun, triesRun);
        assertThat(operationsRun).isPositive();
    }

    @Provide
    Arbitrary<Setup> setups() {
        // 300 makes a sector take two segments, 1000 is no multiple of a sector.
        Arbitrary<Integer> sizeMax = Arbitraries.of(0, 4096, 1000, 512, 300);
        return Combinators.combine(
                        Arbitraries.of(StoreKind.values()),
                        Arbitraries.of(1, QUEUES),
                        Arbitraries.of(false, true),
                        Arbitraries.of(false, true),
                        Arbitraries.of(64, 16, 8),
                        Arbitraries.of(0, 4, 2),
                        sizeMax,
                        Arbitraries.of(1000, 7))
                .as(Setup::new);
    }

    @Provide
    Arbitrary<List<List<Op>>> works() {
        Arbitrary<Op> op = Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(10, Kind.WRITE),
                                Tuple.of(10, Kind.READ),
                                Tuple.of(3, Kind.DISCARD),
                                Tuple.of(2, Kind.ZERO),
                                Tuple.of(2, Kind.ZERO_AND_UNMAP),
                                Tuple.of(1, Kind.FLUSH),
                                Tuple.of(1, Kind.READ_AND_WAIT),
                                Tuple.of(2, Kind.POLL),
                                Tuple.of(2, Kind.AWAIT)),
                        Arbitraries.integers().between(0, ModelThread.SECTORS - 1),
                        Arbitraries.frequencyOf(
                                Tuple.of(3, Arbitraries.integers().between(0, 7)),
                                Tuple.of(1, Arbitraries.integers().between(0, ModelThread.SECTORS - 1))),
                        Arbitraries.integers().between(0, ModelThread.MAX_PARTS - 1),
                        Arbitraries.integers().between(0, 1000))
                .as(Op::new);
        Arbitrary<List<Op>> work = op.list().ofMaxSize(30).withSizeDistribution(RandomDistribution.uniform());
        return work.list().ofSize(QUEUES);
    }
}
