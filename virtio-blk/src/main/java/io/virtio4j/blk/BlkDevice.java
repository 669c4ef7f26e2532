// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.Features;
import java.nio.charset.StandardCharsets;

/**
 * A driver for a block device.
 *
 * <pre>
 *   BlkDevice disk = BlkDevice.open(transport, arena, BlkOptions.defaults(errorHandler));
 *   disk.read(0, buffer);                                        // blocking
 *
 *   disk.submitWrite(sector, data.clear().add(buffer), token);   // many at a time
 *   disk.await((token, status) -&gt; ...);
 * </pre>
 *
 * <p>Places are counted in sectors of 512 bytes, whatever the blocks of the disk are. A read or write may be longer than the
 * device takes at once: it is then sent as several requests, and ends when the last of them does. Requests in hand at the
 * same time are done in any order. Buffers are pinned from the submission until the device is done with them, which after
 * a timeout may be much later than the outcome.
 *
 * <p>One thread at a time uses a driver and its arena. Reads and writes allocate nothing. A blocking call leaves submitted
 * requests alone; their outcomes wait for the next {@link #poll}.
 *
 * <p>Misuse (a range past the end of the disk, a write to a read-only one) throws before anything is sent. A blocking call
 * fails with {@link BlkRequestException} if the device answers with an error, {@link BlkTimeoutException} if it does not
 * answer, and {@link BlkDeviceException} if only a reset helps.
 *
 * <p>VirtIO 1.2, 5.2 Block Device.
 */
public final class BlkDevice implements AutoCloseable {
    /** The request was taken: its token will come back, once. */
    public static final int SUBMITTED = 0;

    /** There is no room for a request now: poll, then try again. */
    public static final int FULL = -1;

    /** Only a reset helps: close the driver, and open it again. */
    public static final int BROKEN = -2;

    /** The outcome of a request that the device did not answer in time. Its buffers stay pinned until it does. */
    public static final int TIMED_OUT = -1;

    /** The outcome of a request that was in flight when the driver was closed: whether it was done is unknown. */
    public static final int CANCELLED = -2;

    private static final BlkHandler NOBODY = (token, status) -> {};

    private final DriverSession session;
    private final DeviceHealth health;
    private final RequestQueue requests;
    private final BlockingCalls waits;
    private final DmaBuffer idBuffer;
    private final Features features;
    private final BlkData data = new BlkData();
    private BlkConfig config;
    private boolean closed;

    BlkDevice(DriverSession session, DeviceHealth health, RequestQueue requests, DmaBuffer idBuffer, BlkConfig config) {
        this.session = session;
        this.health = health;
        this.requests = requests;
        this.waits = new BlockingCalls(requests, health);
        this.idBuffer = idBuffer;
        this.features = session.features();
        this.config = config;
    }

    /**
     * Brings a block device up.
     *
     * @param transport the way to the device; stays open when the driver closes
     * @param arena where the ring and the headers are carved from; used by this driver's thread
     * @param options how to wait, how long, and what for
     * @return the driver
     * @throws DeviceInitException if the device is no block device, or cannot be driven
     * @throws TransportException if the device does not answer
     */
    public static BlkDevice open(Transport transport, DmaArena arena, BlkOptions options) {
        return BringUp.open(transport, arena, options);
    }

    // --- the disk ----------------------------------------------------------------------------------------------

    /** {@return the features agreed on} */
    public Features features() {
        return features;
    }

    /** {@return the size of the disk in sectors of 512 bytes, as the device says now} */
    public long capacitySectors() {
        refreshConfig();
        return config.capacitySectors();
    }

    private void refreshConfig() {
        if (!closed && health.takeConfigChanged()) {
            config = BlkConfig.read(session);
        }
    }

    /** {@return the size of a block of the disk in bytes, 512 or more: what requests are best aligned to} */
    public long blockSizeBytes() {
        return config.blockSizeBytes();
    }

    /** {@return whether the disk cannot be written} */
    public boolean isReadOnly() {
        return features.has(BlkFeatureBits.RO);
    }

    /**
     * {@return whether completed writes are durable only after a flush}
     *
     * <p>VirtIO 1.2, 5.2.5.1 Driver Requirements: Device Initialization.
     */
    public boolean isWriteback() {
        return features.has(BlkFeatureBits.FLUSH);
    }

    /** {@return the counters of the driver's half of the queue; any thread may read them} */
    public QueueCounters counters() {
        return requests.counters();
    }

    /** {@return the values of these counters, now; take differences} */
    public QueueStats stats() {
        return requests.counters().snapshot();
    }

    // --- many at a time ----------------------------------------------------------------------------------------

    /**
     * Asks for sectors.
     *
     * @param sector the first of them
     * @param destination where to; filled when the outcome is 0
     * @param token comes back with the outcome
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     * @throws IllegalArgumentException if there is nothing to read, or the range is not on the disk
     */
    public int submitRead(long sector, BlkData destination, long token) {
        checkRange(sector, destination.lengthBytes());
        return submit(BlkOperation.READ, sector, destination, token);
    }

    /**
     * Gives sectors to be written.
     *
     * @param sector the first of them
     * @param source where from; not to be changed before the outcome
     * @param token comes back with the outcome
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     * @throws IllegalArgumentException if there is nothing to write, or the range is not on the disk
     * @throws IllegalStateException if the disk is read-only
     */
    public int submitWrite(long sector, BlkData source, long token) {
        checkWritable();
        checkRange(sector, source.lengthBytes());
        return submit(BlkOperation.WRITE, sector, source, token);
    }

    /**
     * Asks that all writes whose outcome is known be made durable. Done at once on a disk that is not writeback.
     *
     * @param token comes back with the outcome
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     */
    public int submitFlush(long token) {
        return submit(BlkOperation.FLUSH, 0, data.clear(), token);
    }

    /**
     * Asks for the device's id: 20 bytes of ASCII, padded with zeros.
     *
     * @param destination at least 20 bytes long; its first 20 are filled when the outcome is 0
     * @param token comes back with the outcome
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     */
    public int submitGetId(DmaBuffer destination, long token) {
        data.clear().addBytes(destination, 0, BlkRequestLayout.ID_BYTES);
        return submit(BlkOperation.GET_ID, 0, data, token);
    }

    private int submit(BlkOperation operation, long sector, BlkData parts, long token) {
        checkOpen();
        if (health.failure().isPresent()) {
            return BROKEN;
        }
        if (!requests.hasRoom(false)) {
            return FULL;
        }
        if (operation == BlkOperation.FLUSH && !isWriteback()) {
            requests.beginEnded(token);
        } else {
            requests.begin(operation, sector, parts, token, false);
        }
        return SUBMITTED;
    }

    /**
     * Takes outcomes of submitted requests, without waiting.
     *
     * @param handler gets each of them
     * @return how many there were; {@link #BROKEN} if there were none and only a reset helps
     */
    public int poll(BlkHandler handler) {
        checkOpen();
        requests.look();
        return outcomes(handler);
    }

    /**
     * Waits until there is an outcome of a submitted request, and takes all that are there. A timeout is an outcome, so the
     * wait is bounded.
     *
     * @param handler gets each of them
     * @return how many there were; 0 if no request is waited for; {@link #BROKEN} if there were none and only a reset helps
     */
    public int await(BlkHandler handler) {
        int taken = poll(handler);
        requests.beginWait();
        while (taken == 0 && !requests.isIdle()) {
            requests.spin();
            taken = outcomes(handler);
        }
        return taken;
    }

    private int outcomes(BlkHandler handler) {
        int delivered = requests.deliver(handler);
        return delivered == 0 && health.failure().isPresent() ? BROKEN : delivered;
    }

    // --- one at a time -----------------------------------------------------------------------------------------

    /**
     * Reads sectors and waits for them.
     *
     * @param sector the first of them
     * @param destination buffers of whole sectors, filled one after the other
     * @throws IllegalArgumentException if there is nothing to read, or the range is not on the disk
     * @throws BlkException if the device does not do it
     */
    public void read(long sector, DmaBuffer... destination) {
        read(sector, dataOf(destination));
    }

    /**
     * Reads sectors and waits for them.
     *
     * @param sector the first of them
     * @param destination where to
     * @throws IllegalArgumentException if there is nothing to read, or the range is not on the disk
     * @throws BlkException if the device does not do it
     */
    public void read(long sector, BlkData destination) {
        checkRange(sector, destination.lengthBytes());
        run(BlkOperation.READ, sector, destination);
    }

    /**
     * Writes sectors and waits until the device has taken them. They are durable after the next {@link #flush()}.
     *
     * @param sector the first of them
     * @param source buffers of whole sectors, written one after the other
     * @throws IllegalArgumentException if there is nothing to write, or the range is not on the disk
     * @throws IllegalStateException if the disk is read-only
     * @throws BlkException if the device does not do it
     */
    public void write(long sector, DmaBuffer... source) {
        write(sector, dataOf(source));
    }

    /**
     * Writes sectors and waits until the device has taken them. They are durable after the next {@link #flush()}.
     *
     * @param sector the first of them
     * @param source where from
     * @throws IllegalArgumentException if there is nothing to write, or the range is not on the disk
     * @throws IllegalStateException if the disk is read-only
     * @throws BlkException if the device does not do it
     */
    public void write(long sector, BlkData source) {
        checkWritable();
        checkRange(sector, source.lengthBytes());
        run(BlkOperation.WRITE, sector, source);
    }

    /**
     * Makes all writes durable whose outcome is known, and waits for it.
     *
     * @throws BlkException if the device does not do it
     */
    public void flush() {
        checkOpen();
        if (isWriteback()) {
            run(BlkOperation.FLUSH, 0, data.clear());
        }
    }

    /**
     * Asks for the device's id.
     *
     * @return at most 20 characters
     * @throws BlkException if the device does not tell it
     * @throws IllegalStateException if it was asked before, did not answer in time, and still has not answered
     */
    public String id() {
        if (idBuffer.isPinned()) {
            throw new IllegalStateException("the device has not answered an earlier request for its id");
        }
        run(BlkOperation.GET_ID, 0, data.clear().addBytes(idBuffer, 0, BlkRequestLayout.ID_BYTES));
        byte[] bytes = new byte[BlkRequestLayout.ID_BYTES];
        idBuffer.memory().getBytes(idBuffer.offset(), bytes, 0, bytes.length);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }

    private BlkData dataOf(DmaBuffer[] buffers) {
        data.clear();
        for (DmaBuffer buffer : buffers) {
            data.add(buffer);
        }
        return data;
    }

    private void run(BlkOperation operation, long sector, BlkData parts) {
        checkOpen();
        waits.run(operation, sector, parts);
    }

    // --- checks ------------------------------------------------------------------------------------------------

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this block driver is closed");
        }
    }

    private void checkWritable() {
        if (isReadOnly()) {
            throw new IllegalStateException("the disk is read-only");
        }
    }

    private void checkRange(long sector, long lengthBytes) {
        refreshConfig();
        config.requireWithin(sector, lengthBytes);
    }

    // --- the end -----------------------------------------------------------------------------------------------

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
     * @param handler gets each of them
     * @throws TransportException if the device does not end the reset
     */
    public void close(BlkHandler handler) {
        if (closed) {
            return;
        }
        health.closing();
        session.close();
        closed = true;
        requests.cancel(handler);
        idBuffer.free();
    }
}
