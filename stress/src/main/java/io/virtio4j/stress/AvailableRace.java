// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;

/**
 * A and A': the driver writes data and descriptors and publishes them; the device looks.
 *
 * <p>One chain has two descriptors, in the ring or in an indirect table. Two chains have one each, and one publication shows
 * both; the device looks twice.
 */
final class AvailableRace implements Race {
    private static final int DATA = 0x5EED;
    private static final int OTHER_DATA = 0xF00D;
    private static final String NOTHING = "nothing yet";

    private final String ring;
    private final QueuePair queue;
    private final BufferChain first;
    private final BufferChain second;

    private final RingKind kind;
    private final boolean early;

    private AvailableRace(RingKind kind, boolean two, boolean early) {
        ring = kind.label();
        this.kind = kind;
        this.early = early;
        // One in flight, and at the wrap the next one takes the last entry.
        queue = new QueuePair(kind, 2).withOneChainInFlight();
        first = two ? queue.requestOnly(0) : queue.requestAndResponse(1);
        second = two ? queue.requestOnly(1) : null;
    }

    /** One chain at a time. */
    static final class OneChain extends RingRaces {
        OneChain(RingFormat format) {
            super(RingKind.withAndWithout(format, FeatureBits.INDIRECT_DESC, "indirect table"));
        }

        @Override
        Race over(RingKind kind) {
            return new AvailableRace(kind, false, false);
        }
    }

    /** Two chains at a time. */
    static final class TwoChains extends RingRaces {
        TwoChains(RingFormat format) {
            super(RingKind.plain(format));
        }

        @Override
        Race over(RingKind kind) {
            return new AvailableRace(kind, true, false);
        }
    }

    /** One or two chains at a time, shown before they are there. */
    static final class Early extends RingRaces {
        private final boolean two;

        Early(RingFormat format, boolean two) {
            super(RingKind.plain(format)[0]);
            this.two = two;
        }

        @Override
        Race over(RingKind kind) {
            return new AvailableRace(kind, two, true);
        }
    }

    @Override
    public String driver() {
        if (early) {
            EarlyShow.available(queue, kind, second == null ? 1 : 2);
        }
        if (second == null) {
            queue.memory().putLe32(queue.request(1), DATA);
            return queue.driver.offer(first, 1) >= 0 ? "offered" : "refused";
        }
        queue.memory().putLe32(queue.request(0), DATA);
        queue.memory().putLe32(queue.request(1), OTHER_DATA);
        boolean added = queue.driver.add(first, 1) >= 0 && queue.driver.add(second, 2) >= 0;
        queue.driver.publish();
        return added ? "offered" : "refused";
    }

    @Override
    public String device() {
        String look = take(DATA);
        if (second == null) {
            return look;
        }
        if (look.equals(NOTHING)) {
            String again = take(DATA);
            return again.equals("whole") ? "the first at the second look" : again;
        }
        String other = take(OTHER_DATA);
        return look.equals("whole") && other.equals("whole") ? "both whole" : look + " then " + other;
    }

    private String take(int expectedData) {
        int handle = queue.device.next();
        if (handle == DeviceQueue.EMPTY) {
            return NOTHING;
        }
        if (handle == DeviceQueue.BROKEN) {
            return "broken";
        }
        DescriptorChain chain = queue.device.chain(handle);
        long readable = chain.readableBytes();
        int data = readable == QueuePair.REQUEST_BYTES ? chain.getLe32(0) : 0;
        return data == expectedData ? "whole" : "stale: " + readable + " bytes with data " + data;
    }

    @Override
    public String ring() {
        return ring;
    }
}
