// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;

/** D and D': the device publishes and asks whether to call; a driver that wanted no calls changes its mind and looks again. */
final class CallRace extends WakeUpRace {
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
