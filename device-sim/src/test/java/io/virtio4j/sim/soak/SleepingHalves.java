// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.soak;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.Features;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A driver and a device, each on its own thread, over a queue so small that one of them always waits for the other. Both look
 * a few times, then ask to be notified and park with no time-out: a notification that is lost once stops everything, and only
 * the watchdog gets away.
 *
 * <p>Buffers of one descriptor: those with an even number carry it to the device, into those with an odd number the device
 * writes it. Both halves check that every number comes, once, in order.
 */
final class SleepingHalves {
    /** At most so many looks in vain before a half asks to be notified. */
    private static final int SPIN_MASK = 0x1F;

    private static final int VALUE_BYTES = 8;
    private static final int GUEST_BASE = 0x10_0000;

    private final Features features;
    private final int size;
    private final long buffers;
    private final SharedMemory memory = SharedMemory.allocate(1 << 16, GUEST_BASE);
    private final DriverQueue driver;
    private final DeviceQueue device;
    private final DmaBuffer[] values;
    private final BufferChain chain = new BufferChain(1);
    private final UsedHandler onUsed = this::onUsed;
    private final WakeUp kick = new WakeUp();
    private final WakeUp call = new WakeUp();
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Throwable failure;
    private long offered;
    private long returned;
    private long served;
    private long driverSleeps;
    private long deviceSleeps;
    private long elapsedNanos;

    SleepingHalves(Features features, int size, long buffers) {
        this.features = features;
        this.size = size;
        this.buffers = buffers;
        DmaArena arena = new DmaArena(memory);
        RingFormat format = RingFormat.of(features);
        QueueConfig config = new QueueConfig(
                0,
                size,
                features,
                new QueueAddresses(
                        arena.allocate(format.descriptorAreaBytes(size), 128).guestAddress(),
                        arena.allocate(format.driverAreaBytes(size), 128).guestAddress(),
                        arena.allocate(format.deviceAreaBytes(size), 128).guestAddress()));
        GuestMemory guest = GuestMemory.of(memory);
        driver = DriverQueue.create(config, guest, BarrierPolicy.OPTIMIZED, errors::add);
        device = DeviceQueue.create(config, guest, queueIndex -> call.raise(), errors::add);
        values = new DmaBuffer[size];
        for (int i = 0; i < size; i++) {
            values[i] = arena.allocate(VALUE_BYTES, 128);
        }
    }

    /** Sends all buffers through; ends early and throws when nothing moves for as long as the watchdog waits. */
    void run() throws InterruptedException {
        Thread deviceThread = new Thread(() -> guarded(this::runDevice), "device");
        deviceThread.setDaemon(true);
        Watchdog watchdog = new Watchdog(
                () -> driver.counters().get(QueueCounter.COMPLETIONS)
                        + device.counters().get(QueueCounter.COMPLETIONS),
                () -> stop(new AssertionError("nothing moves any more; driver asleep: " + call.isAwaited()
                        + ", device asleep: " + kick.isAwaited())));
        long startNanos = System.nanoTime();
        deviceThread.start();
        try (watchdog) {
            guarded(this::runDriver);
        } finally {
            kick.stop();
            deviceThread.join(TimeUnit.SECONDS.toMillis(10));
        }
        elapsedNanos = System.nanoTime() - startNanos;
        if (failure != null || !errors.isEmpty() || deviceThread.isAlive()) {
            throw new AssertionError(failure + ": " + state(), failure);
        }
        if (returned != buffers || served != buffers || driver.inFlight() != 0 || device.inFlight() != 0) {
            throw new AssertionError(state());
        }
    }

    private void guarded(Runnable half) {
        try {
            half.run();
        } catch (Throwable e) {
            stop(e);
        }
    }

    private void stop(Throwable why) {
        if (failure == null) {
            failure = why;
        }
        kick.stop();
        call.stop();
    }

    // --- the driver --------------------------------------------------------------------------------------------

    private void runDriver() {
        driver.disableCallbacks();
        while (returned < buffers && failure == null) {
            boolean added = offerSome();
            int taken = driver.poll(onUsed, size);
            require(taken >= 0, "the driver's half is broken");
            if (taken == 0 && !added) {
                awaitUsed();
            }
        }
    }

    /** As many as there is room for, shown one by one or together. */
    private boolean offerSome() {
        boolean added = false;
        while (offered < buffers && offered - returned < size) {
            DmaBuffer value = values[(int) (offered % size)];
            chain.clear();
            if ((offered & 1) == 0) {
                memory.putLe64(value.offset(), offered);
                chain.addReadable(value);
            } else {
                memory.putLe64(value.offset(), -1);
                chain.addWritable(value);
            }
            require(driver.add(chain, offered) >= 0, "there is room and none is found");
            added = true;
            if ((mix(offered) & 1) != 0) {
                publishAndKick();
            }
            offered++;
        }
        if (added) {
            publishAndKick();
        }
        return added;
    }

    private void publishAndKick() {
        driver.publish();
        if (driver.kickNeeded()) {
            kick.raise();
        }
    }

    private void onUsed(long token, long writtenBytes) {
        boolean writable = (returned & 1) != 0;
        require(token == returned, "another buffer came back");
        require(writtenBytes == (writable ? VALUE_BYTES : 0), "the length is wrong");
        require(memory.getLe64(values[(int) (returned % size)].offset()) == returned, "the bytes are wrong");
        returned++;
    }

    private void awaitUsed() {
        for (long spins = mix(returned) & SPIN_MASK; spins > 0; spins--) {
            if (driver.poll(onUsed, size) != 0) {
                return;
            }
            Thread.onSpinWait();
        }
        if (driver.enableCallbacks()) {
            driverSleeps++;
            call.await();
        }
        driver.disableCallbacks();
    }

    // --- the device --------------------------------------------------------------------------------------------

    private void runDevice() {
        while (served < buffers && failure == null) {
            if (serve() == 0) {
                awaitAvailable();
            }
        }
    }

    private int serve() {
        int done = 0;
        int handle = device.next();
        while (handle >= 0) {
            DescriptorChain request = device.chain(handle);
            boolean writable = (served & 1) != 0;
            if (writable) {
                request.putLe64(0, served);
            } else {
                require(request.getLe64(0) == served, "another number came");
            }
            device.complete(handle, writable ? VALUE_BYTES : 0);
            done++;
            if ((mix(~served) & 1) != 0) {
                device.flush();
            }
            served++;
            handle = device.next();
        }
        require(handle != DeviceQueue.BROKEN, "the device's half is broken");
        if (done > 0) {
            device.flush();
        }
        return done;
    }

    private void awaitAvailable() {
        for (long spins = mix(~served) & SPIN_MASK; spins > 0; spins--) {
            if (serve() > 0) {
                return;
            }
            Thread.onSpinWait();
        }
        if (device.enableNotifications()) {
            deviceSleeps++;
            kick.await();
        }
        device.disableNotifications();
    }

    /** Varies batches and waits from buffer to buffer, the same way in each run. */
    private static long mix(long number) {
        return (number * 0x9E37_79B9_7F4A_7C15L) >>> 40;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    // --- what happened -----------------------------------------------------------------------------------------

    long kicks() {
        return driver.counters().get(QueueCounter.KICKS_SENT);
    }

    long calls() {
        return device.counters().get(QueueCounter.CALLS_SENT);
    }

    long sleeps() {
        return driverSleeps + deviceSleeps;
    }

    String report() {
        return String.format(
                Locale.ROOT,
                "%s, size %d: %,d buffers in %.1f s (%.2f us each); kicks %,d sent %,d suppressed; calls %,d sent %,d"
                        + " suppressed; sleeps %,d driver %,d device",
                RingFormat.of(features),
                size,
                returned,
                elapsedNanos / 1e9,
                elapsedNanos / 1e3 / Math.max(returned, 1),
                kicks(),
                driver.counters().get(QueueCounter.KICKS_SUPPRESSED),
                calls(),
                device.counters().get(QueueCounter.CALLS_SUPPRESSED),
                driverSleeps,
                deviceSleeps);
    }

    private String state() {
        return report() + "; driver: offered " + offered + ", in flight " + driver.inFlight() + ", "
                + driver.counters().snapshot() + "; device: served " + served + ", in flight "
                + device.inFlight() + ", asleep " + kick.isAwaited() + ", "
                + device.counters().snapshot()
                + "; errors " + errors;
    }
}
