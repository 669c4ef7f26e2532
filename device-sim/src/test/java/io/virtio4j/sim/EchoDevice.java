// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A device that answers each request with its own bytes. */
final class EchoDevice implements VirtioDevice {
    static final int ID = 63;
    static final int QUEUE_SIZE = 64;

    /** A request whose first byte is this makes the device throw, as a broken one would. */
    static final int POISON_EXCEPTION = 0xE0;

    /** A request whose first byte is this ends the device's thread. */
    static final int POISON_ERROR = 0xE1;

    /** A request whose first byte is this has the device change its configuration before it answers. */
    static final int CHANGE_CONFIG = 0xE2;

    final ConfigSpace config = new ConfigSpace(8);

    /** How many requests of queue 1 the device takes and keeps, until it is set to 0; any thread. */
    volatile int keeps;

    /** How many it has kept. */
    volatile int kept;

    /** How often it says that it cannot let go of a queue yet; {@link Integer#MAX_VALUE}: until it is set to something else. */
    volatile int refusals;

    /** The threads that have served a queue. */
    final Set<Thread> servedBy = ConcurrentHashMap.newKeySet();

    private final byte[] bytes = new byte[4096];
    private final List<Runnable> keptAnswers = new ArrayList<>();

    @Override
    public int deviceId() {
        return ID;
    }

    @Override
    public Features offeredFeatures() {
        return Features.of(3);
    }

    @Override
    public int queueCount() {
        return 2;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return QUEUE_SIZE;
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> queues) {}

    @Override
    public boolean onQueueStop(int queueIndex) {
        int left = refusals;
        if (left == Integer.MAX_VALUE) {
            return false; // not counted down: the test may be writing it
        }
        if (left > 0) {
            refusals = left - 1;
            return false;
        }
        if (queueIndex == 1) {
            keptAnswers.clear();
        }
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {}

    @Override
    public int onQueue(DeviceQueue queue) {
        int taken = 0;
        servedBy.add(Thread.currentThread());
        if (queue.config().index() == 1 && keeps > 0) {
            return keep(queue);
        }
        int id;
        while ((id = queue.next()) >= 0) {
            answer(queue, id);
            taken++;
        }
        queue.flush();
        return taken;
    }

    private int keep(DeviceQueue queue) {
        int taken = 0;
        while (keptAnswers.size() < keeps) {
            int id = queue.next();
            if (id < 0) {
                break;
            }
            keptAnswers.add(() -> answer(queue, id));
            taken++;
        }
        kept = keptAnswers.size();
        return taken;
    }

    @Override
    public int doWork() {
        int work = keeps == 0 ? keptAnswers.size() : 0;
        if (work > 0) {
            keptAnswers.forEach(Runnable::run);
            keptAnswers.clear();
        }
        return work;
    }

    private void answer(DeviceQueue queue, int id) {
        DescriptorChain chain = queue.chain(id);
        int length = (int) Math.min(chain.readableBytes(), chain.writableBytes());
        chain.getBytes(0, bytes, 0, length);
        if ((bytes[0] & 0xFF) == POISON_EXCEPTION) {
            throw new IllegalStateException("poisoned");
        }
        if ((bytes[0] & 0xFF) == POISON_ERROR) {
            throw new AssertionError("poisoned");
        }
        if ((bytes[0] & 0xFF) == CHANGE_CONFIG) {
            config.update(fields -> fields.putByte(0, 1));
        }
        chain.putBytes(0, bytes, 0, length);
        queue.complete(id, length);
    }

    @Override
    public void onConfigWrite(int offset, byte[] source) {
        if (source.length > 0 && (source[0] & 0xFF) == POISON_EXCEPTION) {
            throw new IllegalStateException("poisoned");
        }
        config.update(fields -> {
            for (int i = 0; i < source.length; i++) {
                fields.putByte(offset + i, source[i]);
            }
        });
    }

    @Override
    public void reset() {
        keptAnswers.clear();
    }
}
