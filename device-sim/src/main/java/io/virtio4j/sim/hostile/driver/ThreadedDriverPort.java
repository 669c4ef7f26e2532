// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A device in this process whose steps a thread of its own makes, while the case writes what it likes into the memory that both
 * share. Registers are written between two steps.
 */
public final class ThreadedDriverPort implements DriverPort {
    private static final long IDLE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long CLOSE_MILLIS = 1_000;

    private final SteppedDriverPort device;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts the device's thread.
     *
     * @param device the device; nobody else uses it any more
     */
    public ThreadedDriverPort(SteppedDriverPort device) {
        this.device = device;
        this.thread = new Thread(this::work, "hostile-device");
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        while (!closed) {
            if (!locked(device::step)) {
                LockSupport.parkNanos(IDLE_NANOS);
            }
        }
    }

    private <T> T locked(Supplier<T> question) {
        synchronized (device) {
            return question.get();
        }
    }

    private void locked(Runnable step) {
        synchronized (device) {
            step.run();
        }
    }

    @Override
    public RingFormat format() {
        return device.format();
    }

    @Override
    public CaseMemory memory() {
        return device.memory();
    }

    @Override
    public boolean step() {
        Stage.moment();
        return true;
    }

    @Override
    public boolean knowsQuiet() {
        return false;
    }

    @Override
    public boolean needsReset() {
        return locked(device::needsReset);
    }

    @Override
    public List<Throwable> reports() {
        return locked(device::reports);
    }

    @Override
    public List<Throwable> escapes() {
        return locked(device::escapes);
    }

    @Override
    public List<String> untold() {
        return locked(device::untold);
    }

    @Override
    public List<String> leaks() {
        return locked(device::leaks);
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException("the device's thread does not end: " + List.of(thread.getStackTrace()));
        }
        device.close();
    }

    @Override
    public Features offeredFeatures() {
        return locked(device::offeredFeatures);
    }

    @Override
    public void writeFeatures(Features features) {
        locked(() -> device.writeFeatures(features));
    }

    @Override
    public int status() {
        return locked(device::status);
    }

    @Override
    public void writeStatus(int status) {
        locked(() -> device.writeStatus(status));
    }

    @Override
    public int queueCount() {
        return locked(device::queueCount);
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return locked(() -> device.maxQueueSize(queueIndex));
    }

    @Override
    public void setUpQueue(int queueIndex, int size, QueueAddresses addresses) {
        locked(() -> device.setUpQueue(queueIndex, size, addresses));
    }

    @Override
    public void resetQueue(int queueIndex) {
        locked(() -> device.resetQueue(queueIndex));
    }

    @Override
    public boolean isQueueReset(int queueIndex) {
        return locked(() -> device.isQueueReset(queueIndex));
    }

    @Override
    public void kick(int queueIndex) {
        // Without the lock: a kick comes at any time, in the middle of a step too.
        device.kick(queueIndex);
    }

    @Override
    public void kick(int queueIndex, int payload) {
        device.kick(queueIndex, payload);
    }

    @Override
    public int calls(int queueIndex) {
        return locked(() -> device.calls(queueIndex));
    }

    @Override
    public int configChanges() {
        return locked(device::configChanges);
    }

    @Override
    public int configLengthBytes() {
        return locked(device::configLengthBytes);
    }

    @Override
    public int configGeneration() {
        return locked(device::configGeneration);
    }

    @Override
    public byte[] readConfig(int offset, int lengthBytes) {
        return locked(() -> device.readConfig(offset, lengthBytes));
    }

    @Override
    public void writeConfig(int offset, byte[] bytes) {
        locked(() -> device.writeConfig(offset, bytes));
    }
}
