// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The decision against its definition: the batch holds the entry that was asked for. */
class EventIdxTest {

    /** Walks the batch entry by entry. */
    static boolean holds(int event, int newIdx, int oldIdx) {
        for (int entry = oldIdx; entry != newIdx; entry = (entry + 1) & 0xFFFF) {
            if (entry == event) {
                return true;
            }
        }
        return false;
    }

    @Property(tries = 2000)
    void oneIsNeededExactlyWhenTheBatchHoldsTheEntryAskedFor(
            @ForAll @IntRange(max = 0xFFFF) int event,
            @ForAll @IntRange(max = 0xFFFF) int oldIdx,
            @ForAll @IntRange(max = 0xFFFF) int batch) {
        int newIdx = (oldIdx + batch) & 0xFFFF;

        assertThat(EventIdx.needed(event, newIdx, oldIdx)).isEqualTo(holds(event, newIdx, oldIdx));
    }

    @Property(tries = 2000)
    void theEdgesOfABatchDecideAlikeWhereverItLies(
            @ForAll @IntRange(max = 0xFFFF) int oldIdx,
            @ForAll @IntRange(max = 300) int batch,
            @ForAll @IntRange(min = -3, max = 3) int besideEdge,
            @ForAll boolean atEnd) {
        int newIdx = (oldIdx + batch) & 0xFFFF;
        int event = ((atEnd ? newIdx : oldIdx) + besideEdge) & 0xFFFF;

        assertThat(EventIdx.needed(event, newIdx, oldIdx)).isEqualTo(holds(event, newIdx, oldIdx));
    }

    @ParameterizedTest
    @CsvSource({
        "    0,     1,     0, true",
        "    1,     1,     0, false",
        "65535,     1,     0, false",
        "65535,     0, 65535, true",
        "    0,     0, 65535, false",
        "65534,     0, 65535, false",
        "    0,     3, 65533, true",
        "65533,     3, 65533, true",
        "    2,     3, 65533, true",
        "    3,     3, 65533, false",
        "65532,     3, 65533, false",
        " 1234,  5000,  5000, false",
        " 5000,  5000,  5000, false"
    })
    void knownDecisions(int event, int newIdx, int oldIdx, boolean needed) {
        assertThat(EventIdx.needed(event, newIdx, oldIdx)).isEqualTo(needed);
    }
}
