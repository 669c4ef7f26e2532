// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.memory.RecordingMemory;
import io.virtio4j.wire.FeatureBits;
import java.util.Collections;
import java.util.List;

/** A pair of queues over memory that records; the places in the ring go by the specification's names. */
public final class RecordedPair {
    public static final int SIZE = 4;

    /** How many entries an indirect table has, if the pair has tables. */
    public static final int TABLE_ENTRIES = 4;

    public final RecordingMemory memory =
            new RecordingMemory(QueuePair.lengthBytes(SIZE, TABLE_ENTRIES), QueuePair.GUEST_BASE);
    public final QueuePair pair;

    public RecordedPair(RingFormat format, BarrierPolicy policy, int... featureBits) {
        this(SIZE, format, policy, featureBits);
    }

    private RecordedPair(int size, RingFormat format, BarrierPolicy policy, int... featureBits) {
        var features = QueuePair.features(format, featureBits);
        int tableEntries = features.has(FeatureBits.INDIRECT_DESC) ? TABLE_ENTRIES : 0;
        pair = QueuePair.over(memory, size, features, policy, tableEntries);
        memory.nameBy(this::name);
        memory.forget();
    }

    public static RecordedPair of(RingFormat format, int... featureBits) {
        return new RecordedPair(format, BarrierPolicy.OPTIMIZED, featureBits);
    }

    /** A pair with one descriptor, which each chain uses again. */
    static RecordedPair ofOneDescriptor(RingFormat format) {
        return new RecordedPair(1, format, BarrierPolicy.OPTIMIZED);
    }

    /**
     * What the code under test did in a step; what was done before to set it up is left out. Whatever the path, the two
     * halves have counted the fences that were issued.
     */
    public List<String> during(Runnable step) {
        QueueStats driverBefore = pair.driver.counters().snapshot();
        QueueStats deviceBefore = pair.device.counters().snapshot();
        memory.forget();
        step.run();
        List<String> lines = memory.lines();
        QueueStats driver = pair.driver.counters().snapshot().minus(driverBefore);
        QueueStats device = pair.device.counters().snapshot().minus(deviceBefore);
        for (QueueCounter fence : List.of(QueueCounter.WMB, QueueCounter.RMB, QueueCounter.MB)) {
            assertThat(driver.get(fence) + device.get(fence))
                    .as("%s counted, of %s", fence, lines)
                    .isEqualTo(Collections.frequency(lines, fence.name()));
        }
        return lines;
    }

    private String name(long offset, long lengthBytes) {
        long address = QueuePair.GUEST_BASE + offset;
        if (pair.tableAddress >= 0 && address >= pair.tableAddress) {
            long inTables = address - pair.tableAddress;
            long table = inTables / 16 / TABLE_ENTRIES;
            return table >= SIZE
                    ? "payload"
                    : "table[" + table + "]"
                            + RingNames.descriptor(inTables % (16 * TABLE_ENTRIES), lengthBytes, pair.config.format());
        }
        return RingNames.of(pair.config, address, lengthBytes);
    }
}
