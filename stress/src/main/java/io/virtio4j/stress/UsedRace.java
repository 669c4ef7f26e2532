// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;

/**
 * B and B': the device writes data and used elements and publishes them; the driver looks.
 *
 * <p>The device holds two chains. It completes the second alone, or both behind one publication, by which the used index jumps
 * by two: the second before the first, or with IN_ORDER in their order, and then in one element that names the second.
 */
final class UsedRace implements Race, UsedHandler {
    private static final int DATA = 0x5EED;
    private static final int OTHER_DATA = 0xF00D;
    private static final int FIRST_TOKEN = 5;
    private static final int SECOND_TOKEN = 7;

    private final String ring;
    private final boolean both;
    private final int firstBytes;
    private final int secondBytes;
    private final QueuePair queue;
    private final int firstHandle;
    private final int secondHandle;
    private String taken = "";

    private final RingKind kind;
    private final boolean early;

    private UsedRace(RingKind kind, boolean both, boolean early) {
        ring = kind.label();
        this.kind = kind;
        this.early = early;
        this.both = both;
        // A device that answers two chains with one element says nothing of the first one's length: it is the whole
        // buffer.
        boolean inOrder = kind.has(FeatureBits.IN_ORDER);
        firstBytes = inOrder ? QueuePair.RESPONSE_BYTES : 8;
        secondBytes = inOrder ? QueuePair.RESPONSE_BYTES : 12;
        queue = new QueuePair(kind, 1);
        queue.driver.offer(queue.responseOnly(0), FIRST_TOKEN);
        queue.driver.offer(queue.responseOnly(1), SECOND_TOKEN);
        firstHandle = queue.device.next();
        secondHandle = queue.device.next();
    }

    /** One completion at a time. */
    static final class OneChain extends RingRaces {
        OneChain(RingFormat format) {
            super(RingKind.plain(format));
        }

        @Override
        Race over(RingKind kind) {
            return new UsedRace(kind, false, false);
        }
    }

    /** Two completions at a time. */
    static final class TwoChains extends RingRaces {
        TwoChains(RingFormat format) {
            super(RingKind.withAndWithout(format, FeatureBits.IN_ORDER, "IN_ORDER"));
        }

        @Override
        Race over(RingKind kind) {
            return new UsedRace(kind, true, false);
        }
    }

    /** One or two completions at a time, shown before they are there. */
    static final class Early extends RingRaces {
        private final boolean both;

        Early(RingFormat format, boolean both) {
            super(RingKind.plain(format)[0]);
            this.both = both;
        }

        @Override
        Race over(RingKind kind) {
            return new UsedRace(kind, both, true);
        }
    }

    @Override
    public String device() {
        if (early) {
            EarlyShow.used(queue, kind, both ? 2 : 1);
        }
        queue.device.chain(secondHandle).putLe32(0, OTHER_DATA);
        queue.device.complete(secondHandle, secondBytes);
        if (both) {
            queue.device.chain(firstHandle).putLe32(0, DATA);
            queue.device.complete(firstHandle, firstBytes);
        }
        queue.device.publish();
        return "completed";
    }

    @Override
    public String driver() {
        int count = queue.driver.poll(this, QueuePair.SMALL);
        if (count == 0) {
            return "nothing yet";
        }
        return count == DriverQueue.BROKEN ? "broken" : taken;
    }

    @Override
    public void onUsed(long token, long writtenBytes) {
        boolean second = token == SECOND_TOKEN && writtenBytes == secondBytes && read(1) == OTHER_DATA;
        boolean first = token == FIRST_TOKEN && writtenBytes == firstBytes && read(0) == DATA;
        String now = second ? "second" : first ? "first" : "stale: token " + token + " of " + writtenBytes + " bytes";
        taken = taken.isEmpty() ? now : taken + " then " + now;
    }

    private int read(int number) {
        return queue.memory().getLe32(queue.response(number));
    }

    @Override
    public String ring() {
        return ring;
    }
}
