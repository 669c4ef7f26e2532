// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.ResetIncompleteException;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * A block device on a {@link BlockStore}: reads, writes, flush and id.
 *
 * <p>Whatever a driver asks for that cannot be done is answered with IOERR or UNSUPP, and the device goes on. A store's
 * failure is an IOERR too, and its cause goes to the error handler. If FLUSH is not negotiated, the driver has no way to
 * make its writes durable, so each write is followed by a flush of the store before it completes (5.2.6.2 Device
 * Requirements: Device Operation).
 *
 * <p>One thread, the device's; the store may end requests on any. The device does not close its store.
 *
 * <p>VirtIO 1.2, 5.2 Block Device.
 */
public final class SimBlk implements VirtioDevice {
    private static final long RESET_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int QUEUES = 1;
    private static final long RESET_LOOK_AGAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final BlockStore store;
    private final SimBlkOptions options;
    private final ErrorHandler errorHandler;
    private final long resetWaitNanos;
    private final Features offered;
    private final byte[] id;
    private final ConfigSpace config = new ConfigSpace(BlkConfigLayout.LENGTH_BYTES);

    /** By queue index; null where the driver has set none up. */
    private final @Nullable BlkRequestQueue[] queues = new BlkRequestQueue[QUEUES];

    private @Nullable Disk disk;

    private Runnable wakeUp = () -> {};

    /**
     * Makes a device.
     *
     * @param store where the data is; used by this device alone, and not closed by it
     * @param options what the device says of itself
     * @param errorHandler gets what makes a request fail and is not the driver's doing; on the device's thread
     * @throws IllegalArgumentException if the store's length is not a whole number of sectors and blocks
     */
    public SimBlk(BlockStore store, SimBlkOptions options, ErrorHandler errorHandler) {
        this(store, options, errorHandler, RESET_WAIT_NANOS);
    }

    SimBlk(BlockStore store, SimBlkOptions options, ErrorHandler errorHandler, long resetWaitNanos) {
        Sectors.requireWhole(store.lengthBytes());
        if (options.blockSizeBytes() > 0 && store.lengthBytes() % options.blockSizeBytes() != 0) {
            throw new IllegalArgumentException("a store of " + store.lengthBytes() + " bytes has no whole blocks of "
                    + options.blockSizeBytes() + " bytes");
        }
        this.store = store;
        this.options = store.isReadOnly() ? options.withReadOnly(true) : options;
        this.errorHandler = errorHandler;
        this.resetWaitNanos = resetWaitNanos;
        this.offered = this.options.offeredFeatures();
        this.id = Arrays.copyOf(options.id().getBytes(StandardCharsets.US_ASCII), BlkRequestLayout.ID_BYTES);
        config.update(this::writeConfig);
    }

    private void writeConfig(ConfigSpace.Fields fields) {
        fields.putLe64(BlkConfigLayout.CAPACITY, store.lengthBytes() / BlkRequestLayout.SECTOR_BYTES);
        fields.putLe32(BlkConfigLayout.SIZE_MAX, options.sizeMaxBytes());
        fields.putLe32(BlkConfigLayout.SEG_MAX, options.segMax());
        fields.putLe32(BlkConfigLayout.BLK_SIZE, options.blockSizeBytes());
        BlkTopology topology = options.topology();
        fields.putByte(BlkConfigLayout.PHYSICAL_BLOCK_EXP, topology.physicalBlockExp());
        fields.putByte(BlkConfigLayout.ALIGNMENT_OFFSET, topology.alignmentOffset());
        fields.putLe16(BlkConfigLayout.MIN_IO_SIZE, topology.minIoBlocks());
        fields.putLe32(BlkConfigLayout.OPT_IO_SIZE, topology.optIoBlocks());
    }

    @Override
    public int deviceId() {
        return DeviceId.BLOCK;
    }

    @Override
    public Features offeredFeatures() {
        return offered;
    }

    @Override
    public int queueCount() {
        return QUEUES;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return options.queueSize();
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public void attach(Runnable newWakeUp) {
        wakeUp = newWakeUp;
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> deviceQueues) {
        disk = new Disk(store, options.readOnly(), negotiated.has(BlkFeatureBits.FLUSH), id, errorHandler);
        deviceQueues.forEach(this::onQueueStart);
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {
        queues[queue.config().index()] =
                new BlkRequestQueue(queue, Objects.requireNonNull(disk, "not started"), wakeUp);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Requests that the store holds and has not begun are made void; the queue is not let go of as long as the store uses
     * the memory of another.
     */
    @Override
    public boolean onQueueStop(int queueIndex) {
        BlkRequestQueue queue = queues[queueIndex];
        if (queue != null) {
            queue.finishEnded();
            if (!queue.revoke()) {
                return false;
            }
            forget(queueIndex);
        }
        return true;
    }

    private void forget(int queueIndex) {
        BlkRequestQueue queue = queues[queueIndex];
        if (queue != null) {
            queue.abandon();
            queues[queueIndex] = null;
        }
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        BlkRequestQueue requestQueue = queues[queue.config().index()];
        return requestQueue == null ? 0 : requestQueue.serve();
    }

    @Override
    public int doWork() {
        int work = 0;
        for (BlkRequestQueue queue : queues) {
            work += queue == null ? 0 : queue.finishEnded();
        }
        return work;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Requests that the store holds and has not begun are made void; those whose memory it uses are waited for.
     *
     * @throws ResetIncompleteException if the store still uses the driver's memory after 2 seconds
     */
    @Override
    public void reset() {
        long deadlineNanos = System.nanoTime() + resetWaitNanos;
        for (BlkRequestQueue queue : queues) {
            while (queue != null && !queue.revoke()) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new ResetIncompleteException(store + " still uses the driver's memory "
                            + TimeUnit.NANOSECONDS.toMillis(resetWaitNanos) + " ms after a reset");
                }
                LockSupport.parkNanos(RESET_LOOK_AGAIN_NANOS);
            }
        }
        for (int i = 0; i < queues.length; i++) {
            forget(i);
        }
    }
}
