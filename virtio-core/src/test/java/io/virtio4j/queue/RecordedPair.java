// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import io.virtio4j.memory.RecordingMemory;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;

/** A pair of split queues over memory that records; the places in the ring go by the specification's names. */
public final class RecordedPair {
    public static final int SIZE = 4;

    public final RecordingMemory memory = new RecordingMemory(QueuePair.lengthBytes(SIZE, 0), QueuePair.GUEST_BASE);
    public final QueuePair pair;

    public RecordedPair(boolean eventIdx, BarrierPolicy policy) {
        Features features = Features.of(FeatureBits.VERSION_1);
        pair = QueuePair.over(memory, SIZE, eventIdx ? features.with(FeatureBits.EVENT_IDX) : features, policy, 0);
        memory.nameBy(this::name);
        memory.forget();
    }

    public static RecordedPair byFlag() {
        return new RecordedPair(false, BarrierPolicy.OPTIMIZED);
    }

    public static RecordedPair byEventIdx() {
        return new RecordedPair(true, BarrierPolicy.OPTIMIZED);
    }

    /** What the code under test did in a step; what was done before to set it up is left out. */
    public List<String> during(Runnable step) {
        memory.forget();
        step.run();
        return memory.lines();
    }

    private String name(long offset) {
        long address = QueuePair.GUEST_BASE + offset;
        QueueAddresses at = pair.config.addresses();
        if (address >= at.deviceArea()) {
            return usedName(address - at.deviceArea());
        }
        if (address >= at.driverArea()) {
            return availName(address - at.driverArea());
        }
        long inTable = address - at.descriptorArea();
        return "desc[" + inTable / 16 + (inTable % 16 == 0 ? "].addr" : "].len, flags, next");
    }

    private static String availName(long at) {
        if (at < 4) {
            return at == 0 ? "avail.flags" : "avail.idx";
        }
        return at == 4 + 2 * SIZE ? "avail.used_event" : "avail.ring[" + (at - 4) / 2 + "]";
    }

    private static String usedName(long at) {
        if (at < 4) {
            return at == 0 ? "used.flags" : "used.idx";
        }
        if (at >= 4 + 8 * SIZE) {
            return at == 4 + 8 * SIZE ? "used.avail_event" : "payload";
        }
        return "used.ring[" + (at - 4) / 8 + ((at - 4) % 8 == 0 ? "].id" : "].len");
    }
}
