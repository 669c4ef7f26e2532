// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.sim.DeviceSleep;
import io.virtio4j.sim.InProcessOptions;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * A device of four queues with worker threads, and a driver that has a lane, for a thread, on each. Everybody sleeps until
 * notified, so that a notification that is lost hangs the test.
 */
final class WorkersRig implements AutoCloseable {
    static final InProcessOptions SLEEPERS = InProcessOptions.DEFAULTS.withSleep(DeviceSleep.AT_ONCE_UNBOUNDED);

    private static final int QUEUE_SIZE = 16;
    private static final int BATCH = 8;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    final DmaArena arena = new DmaArena(memory);
    final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    final AtomicInteger configChanges = new AtomicInteger();
    final ParallelEcho device = new ParallelEcho();
    final InProcessTransport transport;
    final Lane[] lanes = new Lane[ParallelEcho.QUEUES];
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Features ring;
    DriverSession session;

    WorkersRig(boolean packed, int workers) {
        this(packed, SLEEPERS.withWorkers(workers));
    }

    WorkersRig(boolean packed, InProcessOptions options) {
        Features features = DriverSpec.RING_FEATURES.with(FeatureBits.RING_RESET);
        ring = packed ? features : features.without(FeatureBits.RING_PACKED);
        transport = InProcessTransport.start(device, GuestMemory.of(memory), options, errors::add);
        open();
    }

    void open() {
        session = DriverSession.open(transport, new DriverSpec(ParallelEcho.ID, ring, Features.NONE, List.of()));
        assertThat(session.features().has(FeatureBits.RING_PACKED)).isEqualTo(ring.has(FeatureBits.RING_PACKED));
        session.onConfigChange(configChanges::incrementAndGet);
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane(i);
        }
        session.driverOk();
    }

    /** One thread of the driver's at a time. */
    final class Lane {
        final int index;
        private final UsedBufferSignal signal = new UsedBufferSignal();
        private final ActiveQueue active;
        private final BufferChain chain = new BufferChain(2);
        private final DmaBuffer[] requests = new DmaBuffer[BATCH];
        private final DmaBuffer[] responses = new DmaBuffer[BATCH];
        int offered;
        int taken;
        private int number;

        Lane(int index) {
            this.index = index;
            active = session.setUpQueue(index, QUEUE_SIZE, 4, arena, BarrierPolicy.OPTIMIZED, signal, errors::add);
            for (int i = 0; i < BATCH; i++) {
                requests[i] = arena.allocate(64, 64);
                responses[i] = arena.allocate(64, 64);
            }
        }

        DriverQueue queue() {
            return active.queue();
        }

        /** What the device has given back, or never will; the ring is its session's to free. */
        void free() {
            for (int i = 0; i < BATCH; i++) {
                requests[i].free();
                responses[i].free();
            }
        }

        ActiveQueue active() {
            return active;
        }

        /** Offers in one of the batch's places; the first byte is the command. */
        void offer(int place, int command) {
            number++;
            DmaBuffer request = requests[place];
            memory.putByte(request.offset(), command);
            memory.putLe32(request.offset() + 4, number);
            memory.putLe32(request.offset() + 60, index);
            memory.fill(responses[place].offset(), 64, 0);
            chain.clear().addReadable(request).addWritable(responses[place]);
            assertThat(queue().offer(chain, (long) number << 8 | place)).isNotNegative();
            offered++;
            queue().kick(active.doorbell());
        }

        void offerBatch() {
            for (int place = 0; place < BATCH; place++) {
                offer(place, 0);
            }
        }

        /** Offers what lies outside the guest's memory: the ring is broken then. */
        void breakRing() {
            assertThat(queue().offer(new BufferChain(1).addWritable(0x10L, 64), 0))
                    .isNotNegative();
            offered++;
            queue().kick(active.doorbell());
        }

        /** Takes so many, asleep in between; false if the device fails first. */
        boolean take(int count) {
            for (int left = count; left > 0; ) {
                int found = queue().awaitUsed(this::check, left, signal, PATIENCE_NANOS);
                assertThat(found)
                        .as("queue %d has %d to come; %s", index, left, errors)
                        .isNotZero();
                if (found < 0) {
                    return false;
                }
                left -= found;
            }
            return true;
        }

        private void check(long token, long writtenBytes) {
            taken++;
            DmaBuffer response = responses[(int) token & 0xFF];
            assertThat(writtenBytes).isEqualTo(64);
            assertThat(memory.getLe32(response.offset() + 4)).isEqualTo((int) (token >>> 8));
            assertThat(memory.getLe32(response.offset() + 60)).isEqualTo(index);
        }

        void exchange(int rounds) {
            for (int round = 0; round < rounds; round++) {
                if (round % 3 == 0) {
                    offerBatch();
                    assertThat(take(BATCH)).isTrue();
                } else {
                    offer(round % BATCH, 0);
                    assertThat(take(1)).isTrue();
                }
            }
        }
    }

    /** Sets one queue up again. */
    void renew(int index) {
        lanes[index] = new Lane(index);
    }

    <T> Future<T> inThread(Callable<T> work) {
        return threads.submit(work);
    }

    /** Runs a thread for each of some lanes. */
    List<Future<Integer>> onLanes(IntFunction<Callable<Integer>> work, int... indices) {
        List<Future<Integer>> futures = new ArrayList<>();
        for (int index : indices) {
            futures.add(threads.submit(work.apply(index)));
        }
        return futures;
    }

    static <T> List<T> all(List<Future<T>> futures) throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get(1, TimeUnit.MINUTES));
        }
        return results;
    }

    /** The device's threads that are alive. */
    static Stream<Thread> liveThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .filter(thread -> thread.getName().startsWith("virtio4j-device-" + ParallelEcho.ID));
    }

    /** Their names. */
    static List<String> deviceThreads() {
        return liveThreads().map(Thread::getName).sorted().toList();
    }

    @Override
    public void close() {
        device.release.countDown();
        threads.shutdownNow();
        transport.close();
        assertThat(deviceThreads()).isEmpty();
    }
}
