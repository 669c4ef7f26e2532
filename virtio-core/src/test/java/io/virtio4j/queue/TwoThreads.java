// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.FeatureBits;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * A driver and a device, each on its own thread, over one small queue. Every buffer carries a number to the device, which
 * writes back a value made from it; the driver checks token, length and value.
 *
 * <p>No wait here is without a bound: when it is reached, the run fails with the state of both halves.
 */
final class TwoThreads {
    private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int REQUEST_BYTES = 8;
    private static final int MAX_RESPONSE_BYTES = 24;

    private final int size;
    private final long buffers;
    private final boolean notified;
    private final SharedMemory memory;
    private final DriverQueue driver;
    private final DeviceQueue device;
    private final DmaBuffer[] requests;
    private final DmaBuffer[] responses;
    private final Signal kick = new Signal();
    private final Signal call = new Signal();
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Throwable> deviceFailure = new AtomicReference<>();
    private final IdleStrategy driverIdle = new YieldingIdleStrategy();
    private final IdleStrategy deviceIdle = new YieldingIdleStrategy();
    private volatile boolean stopped;
    private long deadlineNanos;
    private long offered;
    private long returned;
    private volatile long used;

    /** A notification: remembered until it is waited for, like an interrupt line. */
    private static final class Signal {
        private volatile boolean raised;
        private volatile @Nullable Thread waiter;

        void raise() {
            raised = true;
            LockSupport.unpark(waiter);
        }

        /** False when the bound was reached. There is no look at the ring here: a lost notification stays lost. */
        boolean await(long deadlineNanos, BooleanSupplier stop) {
            waiter = Thread.currentThread();
            while (!raised && !stop.getAsBoolean()) {
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
            }
            raised = false;
            return true;
        }
    }

    TwoThreads(RingFormat format, int size, boolean eventIdx, boolean notified, long buffers) {
        this.size = size;
        this.buffers = buffers;
        this.notified = notified;
        this.memory = SharedMemory.allocate(1 << 20, QueuePair.GUEST_BASE);
        DmaArena arena = new DmaArena(memory);
        int[] bits = eventIdx ? new int[] {FeatureBits.EVENT_IDX} : new int[0];
        QueueConfig config = new QueueConfig(
                0,
                size,
                QueuePair.features(format, bits),
                new QueueAddresses(
                        arena.allocate(format.descriptorAreaBytes(size), 128).guestAddress(),
                        arena.allocate(format.driverAreaBytes(size), 128).guestAddress(),
                        arena.allocate(format.deviceAreaBytes(size), 128).guestAddress()));
        GuestMemory guest = GuestMemory.of(memory);
        this.driver = DriverQueue.create(config, guest, BarrierPolicy.OPTIMIZED, errors::add);
        this.device = DeviceQueue.create(config, guest, queueIndex -> call.raise(), errors::add);
        this.requests = new DmaBuffer[size];
        this.responses = new DmaBuffer[size];
        for (int i = 0; i < size; i++) {
            requests[i] = arena.allocate(REQUEST_BYTES, 8);
            responses[i] = arena.allocate(MAX_RESPONSE_BYTES, 8);
        }
    }

    /** What the device answers to a number. */
    private static long answer(long number) {
        return number * 0x9E37_79B9_7F4A_7C15L + 1;
    }

    /** How many bytes it writes: 8, 16 or 24. */
    private static int answerBytes(long number) {
        return 8 * (1 + (int) (number % 3));
    }

    long driverKicks() {
        return driver.counters().get(QueueCounter.KICKS_SENT);
    }

    long deviceCalls() {
        return device.counters().get(QueueCounter.CALLS_SENT);
    }

    void run() throws InterruptedException {
        deadlineNanos = System.nanoTime() + BOUND_NANOS;
        Thread thread = new Thread(this::runDevice, "device");
        thread.setDaemon(true);
        thread.start();
        try {
            runDriver();
        } finally {
            stopped = true;
            kick.raise();
            thread.join(TimeUnit.SECONDS.toMillis(10));
        }
        Throwable failure = deviceFailure.get();
        if (failure != null) {
            throw new AssertionError("the device failed: " + state(), failure);
        }
        if (returned != buffers || used != buffers || driver.inFlight() != 0 || !errors.isEmpty() || thread.isAlive()) {
            throw new AssertionError(state());
        }
    }

    private String state() {
        return "driver offered " + offered + " of " + buffers + " and got back " + returned + ", in flight "
                + driver.inFlight() + ", " + driver.counters().snapshot() + "; device used " + used + ", "
                + device.counters().snapshot() + "; errors " + errors;
    }

    private void runDriver() {
        BufferChain chain = new BufferChain(2);
        int[] free = new int[size];
        int[] freeCount = {size / 2 > 0 ? size / 2 : 1};
        for (int i = 0; i < freeCount[0]; i++) {
            free[i] = i;
        }
        // A chain takes one descriptor in a queue of 1 and two elsewhere.
        boolean single = size == 1;
        driver.disableCallbacks();
        while (returned < buffers) {
            boolean added = false;
            while (offered < buffers && freeCount[0] > 0) {
                int slot = free[freeCount[0] - 1];
                long number = offered;
                memory.putLe64(requests[slot].offset(), number);
                memory.fill(responses[slot].offset(), MAX_RESPONSE_BYTES, 0);
                chain.clear();
                if (!single) {
                    chain.addReadable(requests[slot]);
                }
                chain.addWritable(responses[slot]);
                if (driver.add(chain, number << 16 | slot) < 0) {
                    break;
                }
                freeCount[0]--;
                offered++;
                added = true;
            }
            if (added) {
                driver.publish();
                if (driver.kickNeeded()) {
                    kick.raise();
                }
            }
            int taken = driver.poll(
                    (token, written) -> {
                        check(token >>> 16, (int) token & 0xFFFF, written);
                        free[freeCount[0]++] = (int) token & 0xFFFF;
                        returned++;
                    },
                    size);
            if (taken < 0) {
                throw new AssertionError(state());
            }
            if (taken == 0 && !added) {
                awaitUsed();
            }
        }
    }

    private void check(long number, int slot, long written) {
        long expectedNumber = size == 1 ? 0 : number;
        if (written != answerBytes(expectedNumber)) {
            throw new AssertionError("buffer " + number + " came back with " + written + " bytes: " + state());
        }
        for (int at = 0; at < written; at += 8) {
            long value = memory.getLe64(responses[slot].offset() + at);
            if (value != answer(expectedNumber)) {
                throw new AssertionError("buffer " + number + " holds " + value + " at " + at + ": " + state());
            }
        }
    }

    private void awaitUsed() {
        if (deviceFailure.get() != null || System.nanoTime() - deadlineNanos > 0) {
            throw new AssertionError(state());
        }
        if (!notified) {
            driverIdle.idle();
        } else if (driver.enableCallbacks()) {
            if (!call.await(deadlineNanos, () -> deviceFailure.get() != null)) {
                throw new AssertionError("the driver was never called: " + state());
            }
            driver.disableCallbacks();
        }
    }

    private void runDevice() {
        try {
            while (!stopped) {
                int done = serve();
                if (done == 0 && !notified) {
                    device.disableNotifications();
                    deviceIdle.idle();
                } else if (done == 0 && device.enableNotifications()) {
                    if (!kick.await(deadlineNanos, () -> stopped)) {
                        throw new AssertionError("the device was never kicked: " + state());
                    }
                    device.disableNotifications();
                }
            }
        } catch (Throwable e) {
            deviceFailure.set(e);
            call.raise();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer, the device's thread
    private int serve() {
        int done = 0;
        int handle;
        while (done < size && (handle = device.next()) >= 0) {
            DescriptorChain chain = device.chain(handle);
            long number = chain.readableBytes() == 0 ? 0 : chain.getLe64(0);
            int bytes = answerBytes(number);
            for (int at = 0; at < bytes; at += 8) {
                chain.putLe64(at, answer(number));
            }
            device.complete(handle, bytes);
            done++;
        }
        if (device.isBroken()) {
            throw new AssertionError(state());
        }
        if (done > 0) {
            used += done;
            device.flush();
        }
        return done;
    }
}
