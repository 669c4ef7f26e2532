// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.ResetIncompleteException;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * A block device on a {@link BlockStore}: every request of the specification but those of zoned disks. ZONED is never
 * offered, and zone requests are answered with UNSUPP.
 *
 * <p>Whatever a driver asks for that cannot be done is answered with IOERR or UNSUPP, and the device goes on. A store's
 * failure is an IOERR too, and its cause goes to the error handler. What the store can do is what is offered: discard, write
 * zeroes, secure erase, lifetime. While the cache is in writethrough mode each write is followed by a flush of the store
 * before it completes: if the driver has chosen so (CONFIG_WCE), and if it has no way to flush (5.2.6.2 Device
 * Requirements: Device Operation).
 *
 * <p>A store that changes its length, or begins or ceases to give storage back, changes the configuration, and the driver is
 * told.
 *
 * <p>Its queues may be served by several threads, which then use the store at the same time and tell the error handler of what
 * they meet, also at the same time; everything else is for one thread, the device's. The store may end requests on any. The
 * device does not close its store.
 *
 * <p>VirtIO 1.2, 5.2 Block Device.
 */
public final class SimBlk implements VirtioDevice {
    private static final long RESET_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long RESET_LOOK_AGAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final BlockStore store;
    private final SimBlkOptions options;
    private final ErrorHandler errorHandler;
    private final long resetWaitNanos;
    private final Features offered;
    private final byte[] id;
    private final ConfigSpace config = new ConfigSpace(BlkConfigLayout.LENGTH_BYTES);

    /**
     * By queue index; null where the driver has set none up. Written by the device's thread, before the queue is served or after;
     * read by the thread that serves it.
     */
    private final @Nullable BlkRequestQueue[] queues;

    private final CacheMode cache;

    /** What the configuration says of the store. */
    private long toldLengthBytes;

    private boolean toldUnmapsZeroes;
    private volatile boolean storeChanged;

    private @Nullable Disk disk;

    private volatile Runnable wakeUp = () -> {};

    /** Where queues have threads of their own; where not, the device's thread is woken. */
    private volatile IntConsumer wakeQueue = queueIndex -> wakeUp.run();

    /**
     * Makes a device.
     *
     * @param store where the data is; used by this device alone, and not closed by it
     * @param options what the device says of itself
     * @param errorHandler gets what makes a request fail and is not the driver's doing; on the thread that serves the request's
     *     queue
     * @throws IllegalArgumentException if the store's length is not a whole number of sectors and blocks
     */
    public SimBlk(BlockStore store, SimBlkOptions options, ErrorHandler errorHandler) {
        this(store, options, errorHandler, RESET_WAIT_NANOS);
    }

    SimBlk(BlockStore store, SimBlkOptions options, ErrorHandler errorHandler, long resetWaitNanos) {
        Sectors.requireWhole(store.lengthBytes());
        int blockSizeBytes = options.shape().blockSizeBytes();
        if (blockSizeBytes > 0 && store.lengthBytes() % blockSizeBytes != 0) {
            throw new IllegalArgumentException(
                    "a store of " + store.lengthBytes() + " bytes has no whole blocks of " + blockSizeBytes + " bytes");
        }
        this.store = store;
        this.options = store.isReadOnly() ? options.withReadOnly(true) : options;
        this.errorHandler = errorHandler;
        this.resetWaitNanos = resetWaitNanos;
        this.offered = BlkOffer.features(store, this.options);
        this.cache = new CacheMode(offered);
        this.toldLengthBytes = store.lengthBytes();
        this.toldUnmapsZeroes = unmapsZeroes();
        this.id = Arrays.copyOf(options.id().getBytes(StandardCharsets.US_ASCII), BlkRequestLayout.ID_BYTES);
        this.queues = new BlkRequestQueue[options.limits().queues()];
        config.update(this::writeConfig);
        store.onChange(this::onStoreChange);
    }

    private void writeConfig(ConfigSpace.Fields fields) {
        BlkOffer.writeConfig(fields, offered, options);
        writeChangingFields(fields);
    }

    private void writeChangingFields(ConfigSpace.Fields fields) {
        fields.putLe64(BlkConfigLayout.CAPACITY, toldLengthBytes / BlkRequestLayout.SECTOR_BYTES);
        fields.putByte(BlkConfigLayout.WRITE_ZEROES_MAY_UNMAP, toldUnmapsZeroes ? 1 : 0);
        fields.putByte(BlkConfigLayout.WRITEBACK, cache.field());
    }

    /** Any thread of the store's. */
    private void onStoreChange() {
        storeChanged = true;
        wakeUp.run();
    }

    /** Shows what the store has become; the session then tells the driver. */
    private int showStoreChange() {
        if (!storeChanged) {
            return 0;
        }
        // Before the store is asked: a change after that raises it again.
        storeChanged = false;
        long length = store.lengthBytes();
        boolean unmaps = unmapsZeroes();
        if (length != toldLengthBytes || unmaps != toldUnmapsZeroes) {
            toldLengthBytes = length;
            toldUnmapsZeroes = unmaps;
            config.update(this::writeChangingFields);
        }
        return 1;
    }

    private boolean unmapsZeroes() {
        return offered.has(BlkFeatureBits.WRITE_ZEROES) && store.unmapsZeroes();
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
        return queues.length;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return options.limits().queueSize();
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    /** {@inheritDoc} From here on {@code writeback} shows the cache mode that goes with what was negotiated. */
    @Override
    public boolean acceptsFeatures(Features acknowledged) {
        cache.negotiate(acknowledged);
        showStoreChange();
        config.update(this::writeChangingFields);
        return true;
    }

    @Override
    public void attach(Runnable newWakeUp) {
        wakeUp = newWakeUp;
    }

    @Override
    public boolean servesQueuesConcurrently() {
        return true;
    }

    @Override
    public void attachQueues(IntConsumer newWakeQueue) {
        wakeQueue = newWakeQueue;
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> deviceQueues) {
        disk = new Disk(store, options, negotiated, cache, id, errorHandler);
        deviceQueues.forEach(this::onQueueStart);
    }

    /** {@inheritDoc} Without MQ there is one queue, and others are left alone. */
    @Override
    public void onQueueStart(DeviceQueue queue) {
        int index = queue.config().index();
        Disk started = Objects.requireNonNull(disk, "not started");
        if (index == 0 || started.takes(BlkFeatureBits.MQ)) {
            queues[index] = new BlkRequestQueue(queue, started, () -> wakeQueue.accept(index));
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>One field is the driver's to write, {@code writeback}: from then on writes are answered as it says.
     */
    @Override
    public void onConfigWrite(int offset, byte[] source) {
        int at = BlkConfigLayout.WRITEBACK - offset;
        if (at >= 0 && at < source.length) {
            cache.write(source[at]);
            config.update(this::writeChangingFields);
        }
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

    /**
     * {@return the counters of the device's half of a queue; nothing where the driver has set none up}
     *
     * <p>Any thread may read them. The driver's thread asks for them after it has brought the device up, and anew after a
     * reset, which makes new ones.
     *
     * @param queueIndex which queue, from 0 on
     */
    public Optional<QueueCounters> counters(int queueIndex) {
        return Optional.ofNullable(queues[queueIndex]).map(BlkRequestQueue::counters);
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
    public int doQueueWork(DeviceQueue queue) {
        BlkRequestQueue requestQueue = queues[queue.config().index()];
        return requestQueue == null ? 0 : requestQueue.finishEnded();
    }

    @Override
    public int doWork() {
        return showStoreChange();
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
        cache.reset();
        config.update(this::writeChangingFields);
        showStoreChange();
    }
}
