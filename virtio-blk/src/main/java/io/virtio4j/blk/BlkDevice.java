// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;

/**
 * A driver for a block device.
 *
 * <pre>
 *   BlkDevice disk = BlkDevice.open(transport, arena, BlkOptions.defaults(errorHandler));
 *   disk.read(0, buffer);
 *
 *   BlkDevice disk = BlkDevice.open(transport, arena, options.withQueues(4));
 *   disk.queue(i).read(0, buffer);                  // thread i
 * </pre>
 *
 * <p>With one queue, one thread at a time uses the driver and its arena. With several, a thread each uses the {@linkplain
 * #queue queues}; the requests of the device itself are those of queue 0, and for the same thread. {@link #features()}, {@link
 * #queueCount()}, {@link #queue}, {@link #topology()}, {@link #isWriteback()} and {@link #setWriteback} are for any thread.
 * Whoever resets or closes the device sees to it that no other thread uses a queue meanwhile; the arena that the device was
 * opened with is used when a queue or the device is reset.
 *
 * <p>Zones: a disk of host-managed zones is refused, with FAILED; one of host-aware zones is driven as a plain disk.
 *
 * <p>VirtIO 1.2, 5.2 Block Device.
 */
public final class BlkDevice implements BlkRequests, AutoCloseable {
    private static final BlkHandler NOBODY = (token, status) -> {};

    private final DiskSession disk;
    private final List<BlkQueue> queues;
    private final BlkQueue first;
    private boolean closed;

    private BlkDevice(DiskSession disk) {
        this.disk = disk;
        Started started = disk.started();
        List<BlkQueue> all = new ArrayList<>();
        for (int index = 0; index < started.queues().size(); index++) {
            all.add(new BlkQueue(disk, index, started));
        }
        this.queues = List.copyOf(all);
        this.first = queues.get(0);
    }

    /**
     * Brings a block device up.
     *
     * @param transport the way to the device; stays open when the driver closes
     * @param arena where the rings and the headers are carved from
     * @param options how to wait, how long, how many queues, and what for
     * @return the driver
     * @throws DeviceInitException if the device is no block device, or cannot be driven
     * @throws TransportException if the device does not answer
     */
    public static BlkDevice open(Transport transport, DmaArena arena, BlkOptions options) {
        return new BlkDevice(new DiskSession(transport, arena, options));
    }

    /** {@return how many queues there are, at most as many as the options asked for} */
    public int queueCount() {
        return queues.size();
    }

    /**
     * {@return one of the queues}
     *
     * @param index 0 up to {@link #queueCount()}
     */
    public BlkQueue queue(int index) {
        return queues.get(index);
    }

    // --- the disk ----------------------------------------------------------------------------------------------

    /** {@return the features agreed on} */
    public Features features() {
        return disk.features();
    }

    /** {@return how requests are best aligned and sized} */
    public BlkTopology topology() {
        return disk.config().topology();
    }

    /**
     * {@return whether completed writes are durable only after a flush}
     *
     * <p>What the device says if its cache mode can be chosen; otherwise, whether it knows flushes at all. VirtIO 1.2, 5.2.5.1
     * Driver Requirements: Device Initialization.
     */
    public boolean isWriteback() {
        return disk.config().writeback();
    }

    /** {@return whether {@link #setWriteback} works} */
    public boolean canSetWriteback() {
        return features().has(BlkFeatureBits.CONFIG_WCE);
    }

    /**
     * Chooses the cache mode: writeback, where a completed write is durable only after a flush, or writethrough, where it is
     * when it completes. It is chosen again after a reset of the device.
     *
     * <p>Going over to writethrough makes nothing durable that was written before, and promises nothing of writes that are in
     * flight meanwhile: flush afterwards if that matters. A flush is therefore sent in both modes.
     *
     * @param writeback which
     * @throws UnsupportedOperationException if the device did not agree to CONFIG_WCE
     * @throws TransportException if the device does not answer, or stays in the other mode
     * @throws BlkDeviceException if only a reset helps
     */
    public void setWriteback(boolean writeback) {
        disk.setWriteback(writeback);
    }

    // --- reset -------------------------------------------------------------------------------------------------

    /**
     * {@inheritDoc}
     *
     * <p>A device with one queue has that reset, if it agreed to RING_RESET and the reset ends; in all other cases the device as
     * a whole is {@linkplain #reset reset}.
     */
    @Override
    public void recover(BlkHandler handler) {
        checkOpen();
        if (queues.size() > 1 || !features().has(FeatureBits.RING_RESET) || disk.needsReset()) {
            reset(handler);
            return;
        }
        try {
            first.recover(handler);
        } catch (TransportException e) {
            try {
                reset(handler);
            } catch (RuntimeException again) {
                again.addSuppressed(e);
                throw again;
            }
        }
    }

    /**
     * Resets the device and brings it up again, with all of its queues. Afterwards no buffer is pinned, and requests are taken
     * again. What was in flight is not sent again: whether it was done is unknown. No other thread may use a queue meanwhile.
     *
     * @param handler gets, at the end, the outcome of every submitted request that was not taken, of one queue after the other:
     *     {@link #CANCELLED} for those in flight. It may submit
     * @throws TransportException if the device does not end the reset: its memory and the buffers of requests in flight then
     *     stay pinned; this, or closing, may be tried again
     * @throws DeviceInitException if it ends the reset, and cannot be brought up any more; this may be tried again
     */
    public void reset(BlkHandler handler) {
        checkOpen();
        queues.forEach(queue -> queue.health().resetting());
        List<RequestQueue> undelivered = takeDown();
        try {
            Started started = disk.bringUp();
            queues.forEach(queue -> queue.takeUp(started));
            restoreCacheMode();
        } finally {
            undelivered.forEach(requests -> requests.deliver(handler));
        }
    }

    private void restoreCacheMode() {
        try {
            disk.restoreCacheMode();
        } catch (RuntimeException e) {
            // Writes that seem durable and are not: nothing is sent before the next reset.
            queues.forEach(queue -> queue.health().resetting());
            throw e;
        }
    }

    private List<RequestQueue> takeDown() {
        disk.shutDown();
        queues.forEach(BlkQueue::takeDown);
        return queues.stream().map(BlkQueue::undelivered).toList();
    }

    /**
     * Resets the device, after which it owns nothing any more, and gives all memory back. Requests in flight are forgotten.
     *
     * @throws TransportException if the device does not end the reset: its memory and the buffers of requests in flight then
     *     stay pinned, and this may be tried again
     */
    @Override
    public void close() {
        close(NOBODY);
    }

    /**
     * As {@link #close()}, and tells of every submitted request whose outcome was not taken: {@link #CANCELLED} for those
     * that were in flight.
     *
     * @param handler gets each of them; it may not submit
     * @throws TransportException if the device does not end the reset
     */
    public void close(BlkHandler handler) {
        if (closed) {
            return;
        }
        queues.forEach(queue -> queue.health().closing());
        List<RequestQueue> undelivered = takeDown();
        closed = true;
        queues.forEach(BlkQueue::close);
        undelivered.forEach(requests -> requests.deliver(handler));
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this block driver is closed");
        }
    }

    // --- requests: queue 0's -----------------------------------------------------------------------------------

    @Override
    public long capacitySectors() {
        return first.capacitySectors();
    }

    @Override
    public long blockSizeBytes() {
        return first.blockSizeBytes();
    }

    @Override
    public boolean isReadOnly() {
        return first.isReadOnly();
    }

    @Override
    public boolean supports(BlkOperation operation) {
        return first.supports(operation);
    }

    @Override
    public int submitRead(long sector, BlkData destination, long token) {
        return first.submitRead(sector, destination, token);
    }

    @Override
    public int submitWrite(long sector, BlkData source, long token) {
        return first.submitWrite(sector, source, token);
    }

    @Override
    public int submitFlush(long token) {
        return first.submitFlush(token);
    }

    @Override
    public int submitGetId(DmaBuffer destination, long token) {
        return first.submitGetId(destination, token);
    }

    @Override
    public int submitGetLifetime(DmaBuffer destination, long token) {
        return first.submitGetLifetime(destination, token);
    }

    @Override
    public int submitDiscard(BlkRanges ranges, long token) {
        return first.submitDiscard(ranges, token);
    }

    @Override
    public int submitWriteZeroes(BlkRanges ranges, boolean unmap, long token) {
        return first.submitWriteZeroes(ranges, unmap, token);
    }

    @Override
    public int submitSecureErase(BlkRanges ranges, long token) {
        return first.submitSecureErase(ranges, token);
    }

    @Override
    public int poll(BlkHandler handler) {
        return first.poll(handler);
    }

    @Override
    public int await(BlkHandler handler) {
        return first.await(handler);
    }

    @Override
    public void read(long sector, DmaBuffer... destination) {
        first.read(sector, destination);
    }

    @Override
    public void read(long sector, BlkData destination) {
        first.read(sector, destination);
    }

    @Override
    public void write(long sector, DmaBuffer... source) {
        first.write(sector, source);
    }

    @Override
    public void write(long sector, BlkData source) {
        first.write(sector, source);
    }

    @Override
    public void flush() {
        first.flush();
    }

    @Override
    public String id() {
        return first.id();
    }

    @Override
    public BlkLifetime lifetime() {
        return first.lifetime();
    }

    @Override
    public void discard(BlkRanges ranges) {
        first.discard(ranges);
    }

    @Override
    public void writeZeroes(BlkRanges ranges, boolean unmap) {
        first.writeZeroes(ranges, unmap);
    }

    @Override
    public void secureErase(BlkRanges ranges) {
        first.secureErase(ranges);
    }

    @Override
    public QueueCounters counters() {
        return first.counters();
    }

    @Override
    public QueueStats stats() {
        return first.stats();
    }
}
