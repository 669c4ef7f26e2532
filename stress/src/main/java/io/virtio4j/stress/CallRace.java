// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;

/** D and D': the device publishes and asks whether to call; a driver that wanted no calls changes its mind and looks again. */
final class CallRace extends WakeUpRace {
    private static final String EVENT = "EVENT_IDX";
    private static final UsedHandler NOBODY = (token, writtenBytes) -> {};

    private final QueuePair queue;
    private final BufferChain chain;

    private CallRace(RingKind kind) {
        super(kind.label());
        queue = new QueuePair(kind, 1);
        chain = queue.responseOnly(0);
        queue.driver.offer(chain, 1);
        queue.driver.disableCallbacks();
    }

    private abstract static class Over extends RingRaces {
        Over(RingKind... rings) {
            super(rings);
        }

        @Override
        final Race over(RingKind kind) {
            return new CallRace(kind);
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
        return sleeper();
    }

    @Override
    public String device() {
        return publisher();
    }

    @Override
    void prepare() {
        queue.device.complete(queue.device.next(), 0);
    }

    @Override
    void bringRingNear() {
        queue.bringRingNear();
    }

    @Override
    boolean publishAndAsk() {
        queue.device.publish();
        return queue.device.callNeeded();
    }

    @Override
    boolean armAndLook() {
        return queue.driver.enableCallbacks();
    }

    @Override
    void takeAndDisarm() {
        queue.driver.poll(NOBODY, 1);
        queue.driver.disableCallbacks();
        queue.driver.offer(chain, 1);
    }
}
