// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.queue.QueueStats;

/**
 * Requests to a disk: many at a time, told apart by tokens, or one at a time.
 *
 * <pre>
 *   disk.read(0, buffer);                                        // blocking
 *
 *   disk.submitWrite(sector, data.clear().add(buffer), token);   // many at a time
 *   disk.await((token, status) -&gt; ...);
 * </pre>
 *
 * <p>Places are counted in sectors of 512 bytes, whatever the blocks of the disk are. Whatever is longer than the device
 * takes at once is sent as several requests, and ends when the last of them does. Requests in hand at the same time are done
 * in any order. Buffers are pinned from the submission until the device is done with them, which after a timeout may be much
 * later than the outcome.
 *
 * <p>One thread at a time. Submitting, polling and awaiting allocate nothing, unless a request times out; nor do blocking
 * calls that succeed, but {@link #id()} and {@link #lifetime()}. A blocking call leaves submitted requests alone; their
 * outcomes wait for the next {@link #poll}.
 *
 * <p>Misuse throws before anything is sent: {@link IllegalArgumentException} for a range that is not on the disk or is empty,
 * {@link IllegalStateException} for a change to a read-only disk and for a driver that is closed, {@link
 * UnsupportedOperationException} for what the device does not do, see {@link #supports}. A blocking call fails with {@link
 * BlkRequestException} if the device answers with an error, {@link BlkTimeoutException} if it does not answer, and {@link
 * BlkDeviceException} if only a reset helps. The submitting ones return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}.
 *
 * <p>VirtIO 1.2, 5.2.6 Device Operation.
 */
public sealed interface BlkRequests permits BlkDevice, BlkQueue {
    /** The request was taken: its token will come back, once. */
    int SUBMITTED = 0;

    /** There is no room for a request now: poll, then try again. */
    int FULL = -1;

    /** Only a reset helps: recover, or close the driver and open it again. */
    int BROKEN = -2;

    /** The outcome of a request that the device did not answer in time. Its buffers stay pinned until it does. */
    int TIMED_OUT = -1;

    /** The outcome of a request that was in flight when the queue or the device was reset: whether it was done is unknown. */
    int CANCELLED = -2;

    // --- the disk ----------------------------------------------------------------------------------------------

    /** {@return the size of the disk in sectors of 512 bytes, as the device says now} */
    long capacitySectors();

    /** {@return the size of a block of the disk in bytes, 512 or more: what requests are best aligned to} */
    long blockSizeBytes();

    /** {@return whether the disk cannot be changed} */
    boolean isReadOnly();

    /**
     * Asks what the device does. A flush of a device that knows none is done at once.
     *
     * @param operation what it may be asked for
     * @return whether it does that
     */
    boolean supports(BlkOperation operation);

    // --- many at a time ----------------------------------------------------------------------------------------

    /**
     * Asks for sectors.
     *
     * @param sector the first of them
     * @param destination where to; filled when the outcome is 0
     * @param token comes back with the outcome
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     */
    int submitRead(long sector, BlkData destination, long token);

    /**
     * Gives sectors to be written.
     *
     * @param sector the first of them
     * @param source where from; not to be changed before the outcome
     * @param token comes back with the outcome
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     */
    int submitWrite(long sector, BlkData source, long token);

    /**
     * Asks that all writes whose outcome is known be made durable, those of other queues included. Sent also while the cache is
     * writethrough, if the device knows flushes: writes from before it was switched may still be volatile.
     *
     * @param token comes back with the outcome
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     */
    int submitFlush(long token);

    /**
     * Asks for the device's id: 20 bytes of ASCII, padded with zeros.
     *
     * @param destination at least 20 bytes long; its first 20 are filled when the outcome is 0
     * @param token comes back with the outcome
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     */
    int submitGetId(DmaBuffer destination, long token);

    /**
     * Asks how worn the storage is.
     *
     * @param destination at least 6 bytes long; its first 6 are filled when the outcome is 0, see {@link BlkLifetime#read}
     * @param token comes back with the outcome
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     */
    int submitGetLifetime(DmaBuffer destination, long token);

    /**
     * Tells that sectors are no longer needed. What they hold afterwards is undefined, and may differ from one read to the
     * next.
     *
     * @param ranges which of them
     * @param token comes back with the outcome, one for all ranges; after an error any of them may have been discarded
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     */
    int submitDiscard(BlkRanges ranges, long token);

    /**
     * Fills sectors with zeros.
     *
     * @param ranges which of them
     * @param unmap whether the device may give their storage back; they are read as zeros either way
     * @param token comes back with the outcome, one for all ranges; after an error any of them may have been filled
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     */
    int submitWriteZeroes(BlkRanges ranges, boolean unmap, long token);

    /**
     * Destroys the contents of sectors, copies that the storage keeps included.
     *
     * @param ranges which of them
     * @param token comes back with the outcome, one for all ranges; after an error any of them may have been erased
     * @return {@link #SUBMITTED}, {@link #FULL} or {@link #BROKEN}
     */
    int submitSecureErase(BlkRanges ranges, long token);

    /**
     * Takes outcomes of submitted requests, without waiting.
     *
     * @param handler gets each of them
     * @return how many there were; {@link #BROKEN} if there were none and only a reset helps
     */
    int poll(BlkHandler handler);

    /**
     * Waits until there is an outcome of a submitted request, and takes all that are there. A timeout is an outcome, so the
     * wait is bounded.
     *
     * @param handler gets each of them
     * @return how many there were; 0 if no request is waited for; {@link #BROKEN} if there were none and only a reset helps
     */
    int await(BlkHandler handler);

    // --- one at a time -----------------------------------------------------------------------------------------

    /**
     * Reads sectors and waits for them.
     *
     * @param sector the first of them
     * @param destination buffers of whole sectors, filled one after the other
     * @throws BlkException if the device does not do it
     */
    void read(long sector, DmaBuffer... destination);

    /**
     * Reads sectors and waits for them.
     *
     * @param sector the first of them
     * @param destination where to
     * @throws BlkException if the device does not do it
     */
    void read(long sector, BlkData destination);

    /**
     * Writes sectors and waits until the device has taken them. They are durable after the next {@link #flush()}.
     *
     * @param sector the first of them
     * @param source buffers of whole sectors, written one after the other
     * @throws BlkException if the device does not do it
     */
    void write(long sector, DmaBuffer... source);

    /**
     * Writes sectors and waits until the device has taken them. They are durable after the next {@link #flush()}.
     *
     * @param sector the first of them
     * @param source where from
     * @throws BlkException if the device does not do it
     */
    void write(long sector, BlkData source);

    /**
     * Makes all writes durable whose outcome is known, as {@link #submitFlush} does, and waits for it.
     *
     * @throws BlkException if the device does not do it
     */
    void flush();

    /**
     * Asks for the device's id.
     *
     * @return at most 20 characters
     * @throws BlkException if the device does not tell it
     * @throws IllegalStateException if the device has not answered an earlier question for its id or lifetime
     */
    String id();

    /**
     * Asks how worn the storage is.
     *
     * @return the answer
     * @throws BlkException if the device does not tell it
     * @throws IllegalStateException if the device has not answered an earlier question for its id or lifetime
     */
    BlkLifetime lifetime();

    /**
     * Discards sectors, as {@link #submitDiscard} does, and waits for it.
     *
     * @param ranges which of them
     * @throws BlkException if the device does not do it
     */
    void discard(BlkRanges ranges);

    /**
     * Fills sectors with zeros, as {@link #submitWriteZeroes} does, and waits for it.
     *
     * @param ranges which of them
     * @param unmap whether the device may give their storage back
     * @throws BlkException if the device does not do it
     */
    void writeZeroes(BlkRanges ranges, boolean unmap);

    /**
     * Destroys the contents of sectors, as {@link #submitSecureErase} does, and waits for it.
     *
     * @param ranges which of them
     * @throws BlkException if the device does not do it
     */
    void secureErase(BlkRanges ranges);

    // --- when the device does not answer -----------------------------------------------------------------------

    /**
     * Takes everything back from a device that does not answer, or that broke the queue, and begins anew. Afterwards no buffer
     * is pinned, and requests are taken again. What was in flight is not sent again: whether it was done is unknown.
     *
     * <p>{@link BlkQueue} and {@link BlkDevice} say what is reset for that. Not to be called out of an error handler.
     *
     * @param handler gets, at the end, the outcome of every submitted request that was not taken: {@link #CANCELLED} for those
     *     in flight. It may submit
     * @throws io.virtio4j.transport.TransportException if the device does not end the reset: everything stays as it was, but
     *     that no request is taken any more
     */
    void recover(BlkHandler handler);

    // --- counters ----------------------------------------------------------------------------------------------

    /** {@return the counters of the driver's half of the queue, from zero again after a reset; any thread may read them} */
    QueueCounters counters();

    /** {@return the values of these counters, now; take differences} */
    QueueStats stats();
}
