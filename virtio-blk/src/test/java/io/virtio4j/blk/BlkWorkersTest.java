// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.ResetIncompleteException;
import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStores;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.DeviceSleep;
import io.virtio4j.sim.InProcessOptions;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk of four queues that several threads of the device serve, each queue used by a thread of the driver's. */
final class BlkWorkersTest {
    private static final int QUEUES = 4;

    /** No whole blocks of an overlay, so that two threads write into the same one. */
    private static final int SECTORS_EACH = 203;

    private static final long LENGTH_BYTES = (QUEUES * SECTORS_EACH + 4) * 512L;
    private static final int ROUNDS = 100;
    private static final long GUEST_ADDRESS = 0x4000_0000;
    private static final long REGION_BYTES = 4 << 20;

    @TempDir
    private Path directory;

    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Throwable> driverErrors = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<SharedMemory> regions = new ArrayList<>();
    private InProcessTransport transport;
    private BlkDevice device;

    /** The first region is the driver's, the others are a thread's each. Nobody on the device's side wakes by himself. */
    private void open(BlockStore store, int workers, boolean packed) {
        for (int i = 0; i <= QUEUES; i++) {
            regions.add(SharedMemory.allocate(REGION_BYTES, GUEST_ADDRESS + i * REGION_BYTES));
        }
        transport = InProcessTransport.start(
                new SimBlk(store, SimBlkOptions.DEFAULTS.withQueues(QUEUES), errors::add),
                GuestMemory.of(regions.toArray(SharedMemory[]::new)),
                InProcessOptions.DEFAULTS
                        .withSleep(DeviceSleep.AT_ONCE_UNBOUNDED)
                        .withWorkers(workers),
                errors::add);
        Features ring = DriverSpec.RING_FEATURES.with(FeatureBits.RING_RESET);
        device = BlkDevice.open(
                transport,
                new DmaArena(regions.get(0)),
                BlkOptions.defaults(driverErrors::add)
                        .withIdle(YieldingIdleStrategy::new)
                        .withRingFeatures(packed ? ring : ring.without(FeatureBits.RING_PACKED))
                        .withQueues(QUEUES));
        assertThat(device.queueCount()).isEqualTo(QUEUES);
    }

    @AfterEach
    void close() {
        release.countDown();
        threads.shutdownNow();
        if (device != null) {
            device.close();
            transport.close();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("virtio4j-device-2"));
    }

    private <T> List<T> inThreads(IntFunction<Callable<T>> work) throws Exception {
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < QUEUES; i++) {
            futures.add(threads.submit(work.apply(i)));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get(1, TimeUnit.MINUTES));
        }
        return results;
    }

    private byte[] useDisk(int index, int rounds) {
        return new DiskUser(device, regions.get(1 + index), SECTORS_EACH).use(index, rounds);
    }

    private void assertDisk(List<byte[]> parts) {
        DmaArena arena = new DmaArena(regions.get(1));
        DmaBuffer read = arena.allocate(SECTORS_EACH * 512, 512);
        for (int i = 0; i < QUEUES; i++) {
            // Each part through the queue of another thread.
            device.queue((i + 1) % QUEUES).read((long) i * SECTORS_EACH, read);
            byte[] bytes = new byte[SECTORS_EACH * 512];
            regions.get(1).getBytes(read.offset(), bytes, 0, bytes.length);
            assertThat(bytes).isEqualTo(parts.get(i));
        }
    }

    private BlockStore open(String kind) throws IOException {
        String uri = switch (kind) {
            case "memory" -> "memory:" + LENGTH_BYTES;
            case "file" -> "file:" + directory.resolve("disk.img") + "?create=" + LENGTH_BYTES;
            case "overlay" -> {
                Path base = directory.resolve("base.img");
                if (!Files.exists(base)) {
                    Files.write(base, new byte[(int) LENGTH_BYTES]);
                }
                yield "overlay:" + base + "?top=" + directory.resolve("top.overlay");
            }
            default -> throw new IllegalArgumentException(kind);
        };
        return BlockStores.open(URI.create(uri));
    }

    // --- what is written is read --------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "memory, 2, false",
        "memory, 4, true",
        "file, 2, true",
        "file, 4, false",
        "overlay, 4, true",
        "overlay, 4, false"
    })
    @Clause({"BLK-QUEUE-COUNT", "BLK-DEV-STABLE-FLUSH"})
    void eachThreadReadsWhatItWroteAndTheStoreKeepsIt(String kind, int workers, boolean packed) throws Exception {
        List<byte[]> written;
        try (BlockStore store = open(kind)) {
            open(store, workers, packed);
            written = inThreads(index -> () -> useDisk(index, ROUNDS));
            assertDisk(written);
            device.close();
            transport.close();
        }
        if (!kind.equals("memory")) {
            // What the flushes of all threads made durable, an overlay's map too.
            try (BlockStore store = open(kind)) {
                regions.clear();
                open(store, workers, packed);
                assertDisk(written);
                device.close();
                transport.close();
            }
        }
        assertThat(errors).isEmpty();
        assertThat(driverErrors).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requestsThatTheStoreEndsOnOtherThreadsWakeTheWorkerOfTheirQueue(boolean packed) throws Exception {
        HookedStore store = new HookedStore(new MemoryBlockStore(LENGTH_BYTES));
        store.hook = request -> {
            threads.execute(() -> {
                if (request.claim()) {
                    store.delegate().submit(request);
                }
            });
            return true;
        };
        open(store, QUEUES, packed);
        assertDisk(inThreads(index -> () -> useDisk(index, 40)));
        assertThat(errors).isEmpty();
    }

    @Test
    void theStoreIsUsedByAllThreadsAtOnce() throws Exception {
        CountDownLatch allInside = new CountDownLatch(QUEUES);
        Set<Thread> submitters = ConcurrentHashMap.newKeySet();
        HookedStore store = new HookedStore(new MemoryBlockStore(LENGTH_BYTES));
        open(store, QUEUES, true);
        store.hook = request -> {
            submitters.add(Thread.currentThread());
            allInside.countDown();
            // None of them comes back before all are in here.
            return !await(allInside);
        };
        inThreads(index -> () -> {
            device.queue(index).write(index, new DmaArena(regions.get(1 + index)).allocate(512, 512));
            return 0;
        });
        assertThat(submitters).hasSize(QUEUES);
        assertThat(errors).isEmpty();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    // --- one queue, or the device, changes ----------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause("CORE-DEV-VQRESET-STOP")
    void aQueueIsResetByItselfWhileTheOthersGoOn(boolean packed) throws Exception {
        HookedStore store = new HookedStore(new MemoryBlockStore(LENGTH_BYTES));
        long lost = (LENGTH_BYTES / 512 - 1) * 512;
        store.hook = request -> request.op() == BlockOp.READ && request.offsetBytes() == lost;
        open(store, 2, packed);
        List<byte[]> written =
                inThreads(index -> () -> index == 1 ? loseAndRecover(lost / 512) : useDisk(index, ROUNDS));
        assertDisk(written);
        assertThat(errors).isEmpty();
    }

    /** Sends what is never answered, takes it back, and goes on; again and again. */
    private byte[] loseAndRecover(long lostSector) {
        BlkQueue queue = device.queue(1);
        DmaArena arena = new DmaArena(regions.get(2));
        byte[] bytes = Rig.pattern(SECTORS_EACH * 512, 9);
        DmaBuffer all = arena.allocate(bytes.length, 512);
        DmaBuffer lost = arena.allocate(512, 512);
        regions.get(2).putBytes(all.offset(), bytes, 0, bytes.length);
        for (int i = 0; i < 20; i++) {
            assertThat(queue.submitRead(lostSector, new BlkData().add(lost), i)).isEqualTo(BlkRequests.SUBMITTED);
            List<String> outcomes = new ArrayList<>();
            queue.recover((token, status) -> outcomes.add(token + ":" + status));
            assertThat(outcomes).containsExactly(i + ":" + BlkRequests.CANCELLED);
            queue.write(SECTORS_EACH, all);
        }
        return bytes;
    }

    @Test
    @Clause("BLK-DEV-STABLE-NO-FLUSH-ACK")
    void theCacheModeIsSwitchedForEveryQueueWhileTheyRun() throws Exception {
        AtomicInteger flushes = new AtomicInteger();
        HookedStore store = new HookedStore(new MemoryBlockStore(LENGTH_BYTES));
        store.hook = request -> {
            flushes.addAndGet(request.op() == BlockOp.FLUSH ? 1 : 0);
            return false;
        };
        open(store, QUEUES, true);
        AtomicBoolean done = new AtomicBoolean();
        List<Future<Integer>> users = new ArrayList<>();
        for (int i = 1; i < QUEUES; i++) {
            int index = i;
            users.add(threads.submit(() -> {
                int turns = 0;
                do {
                    useDisk(index, 2);
                    turns++;
                } while (!done.get());
                return turns;
            }));
        }
        for (int i = 0; i < 30; i++) {
            device.setWriteback(i % 2 == 0);
        }
        done.set(true);
        for (Future<Integer> user : users) {
            assertThat(user.get(1, TimeUnit.MINUTES)).isPositive();
        }
        // The last choice was writethrough: each write is followed by a flush, whatever queue it comes through.
        inThreads(index -> () -> {
            device.queue(index).write(index, new DmaArena(regions.get(1 + index)).allocate(512, 512));
            return 0;
        });
        int before = flushes.get();
        for (int index = 0; index < QUEUES; index++) {
            device.queue(index).write(index, new DmaArena(regions.get(1 + index)).allocate(512, 512));
        }
        assertThat(flushes.get()).isEqualTo(before + QUEUES);
        assertThat(errors).isEmpty();
    }

    @Test
    void everyQueueSeesADiskThatGrowsWhileInUse() throws Exception {
        MemoryBlockStore store = new MemoryBlockStore(LENGTH_BYTES);
        open(store, 2, true);
        List<byte[]> written = inThreads(index -> () -> {
            if (index == 0) {
                store.grow(2 * LENGTH_BYTES);
            }
            return useDisk(index, ROUNDS);
        });
        assertDisk(written);
        long last = 2 * LENGTH_BYTES / 512 - 1;
        DmaBuffer buffer = new DmaArena(regions.get(1)).allocate(512, 512);
        for (int index = 0; index < QUEUES; index++) {
            device.queue(index).write(last, buffer);
        }
        assertThat(errors).isEmpty();
    }

    // --- what goes wrong ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause("CORE-DEV-NEEDS-RESET-SET")
    void anErrorThatIsNoRequestsEndsTheDeviceWhicheverThreadHasItAndNobodyWaits(boolean packed) throws Exception {
        HookedStore store = new HookedStore(new MemoryBlockStore(LENGTH_BYTES));
        open(store, QUEUES, packed);
        AtomicInteger times = new AtomicInteger();
        store.asked = () -> {
            if (times.incrementAndGet() == 500) {
                throw new AssertionError("the end of the store");
            }
        };
        inThreads(index -> () -> {
            assertThatThrownBy(() -> useDisk(index, 10_000))
                    .isInstanceOfAny(BlkDeviceException.class, AssertionError.class);
            return 0;
        });
        assertThat(errors)
                .singleElement()
                .satisfies(error -> assertThat(error).hasRootCauseMessage("the end of the store"));
    }

    @Test
    @Clause({"CORE-DEV-RESET-STATUS-ZERO", "CORE-DEV-RESET-QUIET"})
    void aResetWaitsForAThreadThatIsStuckInTheStoreAndMayBeTriedAgain() throws Exception {
        HookedStore store = new HookedStore(new MemoryBlockStore(LENGTH_BYTES));
        open(store, QUEUES, true);
        CountDownLatch stuck = new CountDownLatch(1);
        store.hook = request -> {
            if (request.op() == BlockOp.READ) {
                stuck.countDown();
                await(release);
            }
            return false;
        };
        DmaBuffer buffer = new DmaArena(regions.get(1)).allocate(512, 512);
        assertThat(device.queue(3).submitRead(0, new BlkData().add(buffer), 7)).isEqualTo(BlkRequests.SUBMITTED);
        assertThat(await(stuck)).isTrue();

        List<Long> cancelled = new ArrayList<>();
        assertThatThrownBy(() -> device.reset((token, status) -> cancelled.add(token)))
                .isInstanceOf(TransportException.class);
        assertThat(buffer.isPinned()).isTrue();
        assertThat(errors)
                .isNotEmpty()
                .allSatisfy(error -> assertThat(error).isInstanceOf(ResetIncompleteException.class));

        release.countDown();
        device.reset((token, status) -> cancelled.add(token));
        assertThat(cancelled).containsExactly(7L);
        assertThat(buffer.isPinned()).isFalse();
        inThreads(index -> () -> useDisk(index, 5));
    }
}
