// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * One queue that all samples share: a turn of the driver (take what is used, offer one request if there is room) and a turn of
 * the device (take a request, answer it), wherever the two happen to be. Requests are numbered; anything stale, lost, repeated
 * or out of order is a wrong number.
 */
final class StreamRace implements Race, UsedHandler {
    /** As many requests in flight as jcstress runs samples between two meetings of its actors. */
    private static final int IN_FLIGHT = 256;

    private final String ring;
    private final String wrapping;
    private final int lapChains;
    private final boolean late;
    private final QueuePair queue;

    // The driver's.
    private final BufferChain[] chains = new BufferChain[IN_FLIGHT];
    private int nextOffered;
    private int nextTaken;
    private String wrong;

    /** Keeps what both sides write on cache lines apart, where the JVM lays fields out as they stand. */
    @SuppressWarnings("unused")
    private long gap0, gap1, gap2, gap3, gap4, gap5, gap6, gap7;

    // The device's.
    private int nextExpected;

    private StreamRace(RingKind kind, boolean late) {
        ring = kind.label();
        wrapping = ring + (kind.isPacked() ? " passing its last slot" : " passing 65535");
        // A chain takes two descriptors of a packed ring, or one that points to a table.
        int slots = kind.has(FeatureBits.INDIRECT_DESC) ? 2 * IN_FLIGHT : IN_FLIGHT;
        lapChains = kind.isPacked() ? slots : 1 << Short.SIZE;
        this.late = late;
        queue = new QueuePair(kind, 2 * IN_FLIGHT, 0);
        Arrays.setAll(chains, queue::requestAndResponse);
    }

    /** A stream over each kind of ring, in turn. */
    static final class All implements RaceSource {
        private final StreamRace[] streams;
        private int turn;

        /**
         * Makes them.
         *
         * @param format of the rings
         * @param late whether the driver writes a request's number only after it has offered it, asked for the kick and polled
         */
        All(RingFormat format, boolean late) {
            streams = Stream.of(
                            RingKind.plain(format),
                            RingKind.with(format, FeatureBits.EVENT_IDX, "EVENT_IDX"),
                            RingKind.with(format, FeatureBits.INDIRECT_DESC, "indirect table"),
                            RingKind.with(format, FeatureBits.IN_ORDER, "IN_ORDER"))
                    .map(kinds -> new StreamRace(kinds[0], late))
                    .toArray(StreamRace[]::new);
        }

        @Override
        public Race next() {
            int now = turn;
            turn = now + 1 < streams.length ? now + 1 : 0;
            return streams[now];
        }
    }

    @Override
    public String driver() {
        int count = queue.driver.poll(this, 1);
        if (count < 0) {
            return "poll gave " + count;
        }
        if (wrong != null) {
            return wrong;
        }
        if (nextOffered - nextTaken == IN_FLIGHT) {
            return "full";
        }
        int buffer = nextOffered & (IN_FLIGHT - 1);
        if (!late) {
            queue.memory().putLe32(queue.request(buffer), nextOffered);
        }
        int id = queue.driver.offer(chains[buffer], nextOffered);
        queue.driver.kickNeeded();
        if (late) {
            // All that the driver does in a turn lies in between: right behind the offer, a device seldom was in time.
            count = queue.driver.poll(this, 1);
            queue.memory().putLe32(queue.request(buffer), nextOffered);
        }
        nextOffered++;
        if (count < 0) {
            return "poll gave " + count;
        }
        return id >= 0 ? "offered" : "offer gave " + id;
    }

    @Override
    public void onUsed(long token, long writtenBytes) {
        int answer = queue.memory().getLe32(queue.response(nextTaken & (IN_FLIGHT - 1)));
        if ((int) token != nextTaken || writtenBytes != Integer.BYTES || answer != ~nextTaken) {
            wrong = "request " + nextTaken + ": token " + token + " of " + writtenBytes + " bytes, answer " + ~answer;
        }
        nextTaken++;
    }

    /**
     * Takes two requests where there are two: a device that was too early once would else be behind for good, and never again meet
     * the driver at the request that is being offered.
     */
    @Override
    public String device() {
        String first = takeOne();
        if (!first.equals("answered")) {
            return first;
        }
        String second = takeOne();
        return second.equals("idle") ? first : second;
    }

    private String takeOne() {
        int handle = queue.device.next();
        if (handle == DeviceQueue.EMPTY) {
            return "idle";
        }
        if (handle == DeviceQueue.BROKEN) {
            return "broken";
        }
        DescriptorChain chain = queue.device.chain(handle);
        boolean whole =
                chain.readableBytes() == QueuePair.REQUEST_BYTES && chain.writableBytes() == QueuePair.RESPONSE_BYTES;
        int number = whole ? chain.getLe32(0) : -1;
        boolean stale = late && whole && number != nextExpected;
        if (stale) {
            number = nextExpected;
        }
        if (number != nextExpected) {
            return chain + " has number " + number + ", not " + nextExpected;
        }
        chain.putLe32(0, ~number);
        queue.device.complete(handle, Integer.BYTES);
        queue.device.publish();
        queue.device.callNeeded();
        nextExpected++;
        return stale ? "stale" : "answered";
    }

    @Override
    public String ring() {
        return nextOffered > 0 && nextOffered % lapChains == 0 ? wrapping : ring;
    }
}
