// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.blk.BlkData;
import io.virtio4j.blk.BlkDevice;
import io.virtio4j.blk.BlkHandler;
import io.virtio4j.blk.BlkQueue;
import io.virtio4j.blk.BlkRequests;
import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.wire.BlkStatus;
import java.util.List;

/**
 * Keeps as many requests in flight on one queue as asked for: whenever one ends, the next is submitted out of the handler.
 *
 * <p>The clock is read once a request, when the handler is told of it: what was submitted before ends there, and what is
 * submitted next begins there. After a request that failed nothing more is submitted. One thread; allocates nothing after it
 * was made, unless the device fails.
 */
final class DeviceLoad implements Load {
    private static final int SECTOR_BYTES = 512;

    private final BlkQueue queue;
    private final Places places;
    private final Latencies latencies;
    private final BlkData[] slots;
    private final long[] submittedNanos;
    private final boolean[] reading;

    /** Made once: a method reference in the loop would be an object for each wait. */
    private final BlkHandler onCompleted = this::onCompleted;

    private long deadlineNanos;
    private long ended;
    private int inFlight;
    private long failed;
    private int failedStatus;

    /**
     * For a queue.
     *
     * @param buffers one for each request in flight, of a block's length
     */
    DeviceLoad(BlkQueue queue, Places places, Latencies latencies, List<DmaBuffer> buffers) {
        this.queue = queue;
        this.places = places;
        this.latencies = latencies;
        this.slots = buffers.stream().map(buffer -> new BlkData().add(buffer)).toArray(BlkData[]::new);
        this.submittedNanos = new long[slots.length];
        this.reading = new boolean[slots.length];
    }

    @Override
    public long run(long newDeadlineNanos) {
        deadlineNanos = newDeadlineNanos;
        ended = 0;
        for (int slot = 0; slot < slots.length && failed == 0; slot++) {
            submit(slot, System.nanoTime());
        }
        while (inFlight > 0) {
            if (queue.await(onCompleted) == BlkDevice.BROKEN) {
                throw new WorkFailedException("the device failed and needs a reset");
            }
        }
        return ended;
    }

    private void submit(int slot, long nowNanos) {
        places.next();
        reading[slot] = places.isRead();
        submittedNanos[slot] = nowNanos;
        long sector = places.offsetBytes() / SECTOR_BYTES;
        int answer = reading[slot]
                ? queue.submitRead(sector, slots[slot], slot)
                : queue.submitWrite(sector, slots[slot], slot);
        if (answer != BlkRequests.SUBMITTED) {
            throw new WorkFailedException(
                    answer == BlkRequests.FULL
                            ? "the queue takes fewer requests at a time than --iodepth asks for"
                            : "the device failed and needs a reset");
        }
        inFlight++;
    }

    private void onCompleted(long token, int status) {
        long nowNanos = System.nanoTime();
        int slot = (int) token;
        inFlight--;
        ended++;
        if (status == BlkStatus.OK) {
            latencies.record(reading[slot], nowNanos - submittedNanos[slot]);
        } else {
            failed++;
            failedStatus = status;
        }
        if (failed == 0 && nowNanos - deadlineNanos < 0) {
            submit(slot, nowNanos);
        }
    }

    /** How many requests failed, ever. */
    long failed() {
        return failed;
    }

    /** The status of the last that failed: the device's, or {@link BlkDevice#TIMED_OUT}. */
    int failedStatus() {
        return failedStatus;
    }
}
