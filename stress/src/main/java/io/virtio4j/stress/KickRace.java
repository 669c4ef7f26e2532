// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;

/** C and C': the driver publishes and asks whether to kick; a device that wanted no kicks changes its mind and looks again. */
final class KickRace extends WakeUpRace {
    private static final UsedHandler NOBODY = (token, writtenBytes) -> {};

    private final QueuePair queue;
    private final BufferChain chain;

    private KickRace(RingKind kind) {
        super(kind.label());
        queue = new QueuePair(kind, 1);
        chain = queue.requestOnly(0);
        queue.device.disableNotifications();
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
