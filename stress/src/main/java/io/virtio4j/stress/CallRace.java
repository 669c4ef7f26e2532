// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;

/** D and D': the device publishes and asks whether to call; a driver that wanted no calls changes its mind and looks again. */
final class CallRace implements Race {
    private final String ring;
    private final QueuePair queue;
    private final Meeting meeting = new Meeting();

    private CallRace(RingKind kind) {
        ring = kind.label();
        queue = new QueuePair(kind, 1);
        queue.driver.offer(queue.responseOnly(0), 1);
        queue.driver.disableCallbacks();
        // Beforehand, so that the two sides meet in the few steps that this is about.
        queue.device.complete(queue.device.next(), 0);
    }

    /** By flags and by event index. */
    abstract static class All extends RingRaces {
        All(RingFormat format) {
            super(RingKind.withAndWithout(format, FeatureBits.EVENT_IDX, "EVENT_IDX"));
        }

        @Override
        final Race over(RingKind kind) {
            return new CallRace(kind);
        }
    }

    /** In a split ring. */
    static final class Split extends All {
        Split() {
            super(RingFormat.SPLIT);
        }
    }

    /** In a packed ring. */
    static final class Packed extends All {
        Packed() {
            super(RingFormat.PACKED);
        }
    }

    @Override
    public String device() {
        meeting.deviceIsHere();
        queue.device.publish();
        return queue.device.callNeeded() ? "call" : "no call";
    }

    @Override
    public String driver() {
        meeting.driverIsHere();
        return queue.driver.enableCallbacks() ? "asleep" : "awake";
    }

    @Override
    public String ring() {
        return ring;
    }
}
