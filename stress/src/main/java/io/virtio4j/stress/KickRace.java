// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;

/** C and C': the driver publishes and asks whether to kick; a device that wanted no kicks changes its mind and looks again. */
final class KickRace implements Race {
    private final String ring;
    private final QueuePair queue;
    private final Meeting meeting = new Meeting();

    private KickRace(RingKind kind) {
        ring = kind.label();
        queue = new QueuePair(kind, 1);
        queue.device.disableNotifications();
        // Beforehand, so that the two sides meet in the few steps that this is about.
        queue.driver.add(queue.requestOnly(0), 1);
    }

    /** By flags and by event index. */
    abstract static class All extends RingRaces {
        All(RingFormat format) {
            super(RingKind.withAndWithout(format, FeatureBits.EVENT_IDX, "EVENT_IDX"));
        }

        @Override
        final Race over(RingKind kind) {
            return new KickRace(kind);
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
    public String driver() {
        meeting.driverIsHere();
        queue.driver.publish();
        return queue.driver.kickNeeded() ? "kick" : "no kick";
    }

    @Override
    public String device() {
        meeting.deviceIsHere();
        return queue.device.enableNotifications() ? "asleep" : "awake";
    }

    @Override
    public String ring() {
        return ring;
    }
}
