// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.workers;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers each request with its own bytes, on as many threads as there are queues. The first byte may ask for more. */
final class ParallelEcho implements VirtioDevice {
    static final int ID = 62;
    static final int QUEUES = 4;
    static final int MAX_BYTES = 256;

    /** The device throws, as one with a mistake would. */
    static final int EXCEPTION = 0xE0;

    /** The device throws what no program goes on after. */
    static final int ERROR = 0xE1;

    /** The device does not come back before {@link #release}. */
    static final int STUCK = 0xE2;

    /** The device leaves its thread interrupted, as code does that was, and could not throw. */
    static final int INTERRUPT = 0xE3;

    final ConfigSpace config = new ConfigSpace(8);

    /** The threads that served each queue. */
    final List<Set<Thread>> servedBy = List.of(
            ConcurrentHashMap.newKeySet(),
            ConcurrentHashMap.newKeySet(),
            ConcurrentHashMap.newKeySet(),
            ConcurrentHashMap.newKeySet());

    /** The threads that did everything else. */
    final Set<Thread> controlledBy = ConcurrentHashMap.newKeySet();

    final CountDownLatch isStuck = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    final AtomicInteger resets = new AtomicInteger();

    private final byte[][] bytes = new byte[QUEUES][MAX_BYTES];

    @Override
    public int deviceId() {
        return ID;
    }

    @Override
    public Features offeredFeatures() {
        return Features.NONE;
    }

    @Override
    public int queueCount() {
        return QUEUES;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return 64;
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public boolean servesQueuesConcurrently() {
        return true;
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> queues) {
        controlledBy.add(Thread.currentThread());
    }

    @Override
    public boolean onQueueStop(int queueIndex) {
        controlledBy.add(Thread.currentThread());
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {
        controlledBy.add(Thread.currentThread());
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        int index = queue.config().index();
        servedBy.get(index).add(Thread.currentThread());
        int taken = 0;
        int handle;
        while (taken < queue.config().size() && (handle = queue.next()) >= 0) {
            answer(queue, handle, bytes[index]);
            taken++;
        }
        queue.flush();
        return taken;
    }

    private void answer(DeviceQueue queue, int handle, byte[] copy) {
        DescriptorChain chain = queue.chain(handle);
        int length = (int) Math.min(MAX_BYTES, Math.min(chain.readableBytes(), chain.writableBytes()));
        chain.getBytes(0, copy, 0, length);
        switch (copy[0] & 0xFF) {
            case EXCEPTION -> throw new IllegalStateException("a mistake of the device");
            case ERROR -> throw new AssertionError("the end of the device");
            case STUCK -> stick();
            case INTERRUPT -> Thread.currentThread().interrupt();
            default -> {}
        }
        chain.putBytes(0, copy, 0, length);
        queue.complete(handle, length);
    }

    private void stick() {
        isStuck.countDown();
        try {
            if (!release.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("nobody released it");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public int doWork() {
        controlledBy.add(Thread.currentThread());
        return 0;
    }

    @Override
    public void reset() {
        resets.incrementAndGet();
    }
}
