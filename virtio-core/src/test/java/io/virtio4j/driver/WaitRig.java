// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.IdleStrategy;

/** Both halves of one queue of any format, a signal between them, and a driver that remembers what it got. */
final class WaitRig {
    static final int SIZE = 8;
    static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** How a queue's halves agree to suppress notifications, in each format. */
    enum Ring {
        SPLIT_BY_FLAG,
        SPLIT_BY_INDEX,
        PACKED_BY_FLAG,
        PACKED_BY_INDEX;

        Features features() {
            Features v1 = Features.of(FeatureBits.VERSION_1);
            return switch (this) {
                case SPLIT_BY_FLAG -> v1;
                case SPLIT_BY_INDEX -> v1.with(FeatureBits.EVENT_IDX);
                case PACKED_BY_FLAG -> v1.with(FeatureBits.RING_PACKED);
                case PACKED_BY_INDEX -> v1.with(FeatureBits.RING_PACKED).with(FeatureBits.EVENT_IDX);
            };
        }
    }

    private final Ring ring;
    final SharedMemory memory = SharedMemory.allocate(1 << 16, 0x4000_0000L);
    final UsedBufferSignal signal = new UsedBufferSignal();
    final AtomicInteger calls = new AtomicInteger();
    final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    final DriverQueue driver;
    final DeviceQueue device;
    final QueueConfig config;
    final UsedHandler handler = (token, written) -> this.lastToken = token;
    private final BufferChain chain = new BufferChain(1).addReadable(0x4000_0000L, 1);
    long lastToken = -1;

    WaitRig(Ring ring, BarrierPolicy policy) {
        this.ring = ring;
        RingFormat format = RingFormat.of(ring.features());
        DmaArena arena = new DmaArena(memory);
        config = new QueueConfig(
                0,
                SIZE,
                ring.features(),
                new QueueAddresses(
                        arena.allocate(format.descriptorAreaBytes(SIZE), 128).guestAddress(),
                        arena.allocate(format.driverAreaBytes(SIZE), 128).guestAddress(),
                        arena.allocate(format.deviceAreaBytes(SIZE), 128).guestAddress()));
        driver = DriverQueue.create(config, GuestMemory.of(memory), policy, errors::add);
        device = DeviceQueue.create(
                config,
                GuestMemory.of(memory),
                queueIndex -> {
                    calls.incrementAndGet();
                    signal.call(queueIndex);
                },
                errors::add);
        driver.disableCallbacks();
    }

    WaitRig(Ring ring) {
        this(ring, BarrierPolicy.OPTIMIZED);
    }

    void offer(long token) {
        if (driver.offer(chain, token) < 0) {
            throw new AssertionError("no room for " + token);
        }
    }

    /** The device takes one chain, uses it, and calls if it must. */
    boolean use() {
        int id = device.next();
        if (id < 0) {
            return false;
        }
        device.complete(id, 0);
        device.flush();
        return true;
    }

    /** Whether the driver's area asks for a call, as the device would read it; {@code taken} chains have come back. */
    boolean isArmed(int taken) {
        long driverArea = config.addresses().driverArea() - memory.guestAddress();
        return switch (ring) {
            case SPLIT_BY_FLAG -> memory.getLe16Opaque(driverArea) == 0;
            case SPLIT_BY_INDEX -> memory.getLe16Opaque(driverArea + 4 + 2 * SIZE) == (taken & 0xFFFF);
            case PACKED_BY_FLAG, PACKED_BY_INDEX -> memory.getLe16Opaque(driverArea + 2) != 1;
        };
    }

    int awaitUsed(long timeoutNanos) {
        return driver.awaitUsed(handler, SIZE, signal, timeoutNanos);
    }

    /** An idle strategy that does something in its n-th pause. */
    static IdleStrategy atPause(int pause, Runnable action) {
        int[] pauses = {0};
        return new IdleStrategy() {
            @Override
            public void idle(int workCount) {
                idle();
            }

            @Override
            public void idle() {
                if (++pauses[0] == pause) {
                    action.run();
                }
            }

            @Override
            public void reset() {}
        };
    }

    /** Runs beside the test until told to stop. */
    static Thread start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Waits until a thread sleeps; says so if it never does. */
    static void awaitParked(Thread thread) {
        long deadlineNanos = System.nanoTime() + LONG_NANOS;
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError(thread + " does not sleep: " + thread.getState());
            }
            Thread.onSpinWait();
        }
    }
}
