// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;

/** C and C': the driver publishes and asks whether to kick; a device that wanted no kicks changes its mind and looks again. */
final class KickRace extends WakeUpRace {
    private static final String EVENT = "EVENT_IDX";
    private static final UsedHandler NOBODY = (token, writtenBytes) -> {};

    private final QueuePair queue;
    private final BufferChain chain;

    private KickRace(RingKind kind) {
        super(kind.label());
        queue = new QueuePair(kind, 1);
        chain = queue.requestOnly(0);
        queue.device.disableNotifications();
    }

    private abstract static class Over extends RingRaces {
        Over(RingKind... rings) {
            super(rings);
        }

        @Override
        final Race over(RingKind kind) {
            return new KickRace(kind);
        }
    }

    /** In a split ring, by flags and by event index. */
    static final class Split extends Over {
        Split() {
            super(RingKind.withAndWithout(RingFormat.SPLIT, FeatureBits.EVENT_IDX, EVENT));
        }
    }

    /** In a packed ring, by flags and by event index. */
    static final class Packed extends Over {
        Packed() {
            super(RingKind.withAndWithout(RingFormat.PACKED, FeatureBits.EVENT_IDX, EVENT));
        }
    }

    /** In a split ring, by flags. */
    static final class SplitFlags extends Over {
        SplitFlags() {
            super(RingKind.plain(RingFormat.SPLIT));
        }
    }

    /** In a split ring, by event index. */
    static final class SplitEvent extends Over {
        SplitEvent() {
            super(RingKind.with(RingFormat.SPLIT, FeatureBits.EVENT_IDX, EVENT));
        }
    }

    /** In a packed ring, by flags. */
    static final class PackedFlags extends Over {
        PackedFlags() {
            super(RingKind.plain(RingFormat.PACKED));
        }
    }

    /** In a packed ring, by event index. */
    static final class PackedEvent extends Over {
        PackedEvent() {
            super(RingKind.with(RingFormat.PACKED, FeatureBits.EVENT_IDX, EVENT));
        }
    }

    @Override
    public String driver() {
        return publisher();
    }

    @Override
    public String device() {
        return sleeper();
    }

    @Override
    void prepare() {
        queue.driver.poll(NOBODY, 1);
        queue.driver.add(chain, 1);
    }

    @Override
    void bringRingNear() {
        queue.bringRingNear();
    }

    @Override
    boolean publishAndAsk() {
        queue.driver.publish();
        return queue.driver.kickNeeded();
    }

    @Override
    boolean armAndLook() {
        return queue.device.enableNotifications();
    }

    @Override
    void takeAndDisarm() {
        queue.device.complete(queue.device.next(), 0);
        queue.device.publish();
        queue.device.disableNotifications();
    }
}
