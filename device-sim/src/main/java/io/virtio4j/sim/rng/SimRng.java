// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.rng;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.RngQueues;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * An entropy device: fills what the driver offers with bytes of an {@link EntropySource}.
 *
 * <p>A request is answered at once, with as many bytes as it has room for and the device gives at a time. One that has no
 * room at all, which no driver may send (5.4.6.1 Driver Requirements: Device Operation), comes back with 0 bytes; what is
 * readable in a request is not looked at. If the source fails, the device needs a reset and the request stays unanswered.
 *
 * <p>One thread, the device's. Allocates nothing for a request, and wipes its own copy of the bytes.
 *
 * <p>VirtIO 1.2, 5.4 Entropy Device.
 */
public final class SimRng implements VirtioDevice {
    /** A driver may offer 4 GiB at once; so much of it is filled before the device's thread looks at anything else. */
    private static final int DEFAULT_MAX_REQUEST_BYTES = 64 << 10;

    private static final int DEFAULT_QUEUE_SIZE = 64;
    private static final int CHUNK_BYTES = 256;

    private final EntropySource source;
    private final int queueSize;
    private final int maxRequestBytes;
    private final ConfigSpace config = new ConfigSpace(0);
    private final byte[] chunk = new byte[CHUNK_BYTES];

    /** Makes a device that gives what {@link SecureRandom} gives, at most 64 KiB for a request. */
    public SimRng() {
        this(new SecureRandom()::nextBytes);
    }

    /**
     * Makes a device that gives at most 64 KiB for a request.
     *
     * @param source where the bytes come from
     */
    public SimRng(EntropySource source) {
        this(source, DEFAULT_QUEUE_SIZE, DEFAULT_MAX_REQUEST_BYTES);
    }

    /**
     * Makes a device.
     *
     * @param source where the bytes come from
     * @param queueSize the largest queue that a driver may set up, a power of two in 1..32768
     * @param maxRequestBytes how many bytes a request gets at most, 1 or more; a driver has to ask again for the rest
     * @throws IllegalArgumentException if a number is out of its range
     */
    public SimRng(EntropySource source, int queueSize, int maxRequestBytes) {
        SplitLayout.requireQueueSize(queueSize);
        if (maxRequestBytes < 1) {
            throw new IllegalArgumentException("a request gets 1 byte or more, not " + maxRequestBytes);
        }
        this.source = source;
        this.queueSize = queueSize;
        this.maxRequestBytes = maxRequestBytes;
    }

    @Override
    public int deviceId() {
        return DeviceId.ENTROPY;
    }

    @Override
    public Features offeredFeatures() {
        return Features.NONE;
    }

    @Override
    public int queueCount() {
        return RngQueues.COUNT;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return queueSize;
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> queues) {}

    /** Every request is done when it is taken, so there is nothing to let go of. */
    @Override
    public boolean onQueueStop(int queueIndex) {
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {
        // A queue is met when it is served.
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        int limit = queue.config().size(); // a driver that never stops asking must not keep the thread from a reset
        int taken = 0;
        int handle;
        while (taken < limit && (handle = queue.next()) >= 0) {
            queue.complete(handle, fill(queue.chain(handle)));
            taken++;
        }
        queue.flush();
        return taken;
    }

    private int fill(DescriptorChain chain) {
        int lengthBytes = (int) Math.min(chain.writableBytes(), maxRequestBytes);
        try {
            for (int done = 0; done < lengthBytes; done += CHUNK_BYTES) {
                source.nextBytes(chunk);
                chain.putBytes(done, chunk, 0, Math.min(CHUNK_BYTES, lengthBytes - done));
            }
        } finally {
            Arrays.fill(chunk, (byte) 0); // secrets of the driver's, from here on
        }
        return lengthBytes;
    }

    /** Nothing of a driver's is kept from one call to the next, so there is nothing to drop. */
    @Override
    public void reset() {}
}
