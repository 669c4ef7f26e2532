// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Decisions about batches of which nobody has been told for long. */
class EventIdxSaturationTest {

    @Property(tries = 2000)
    void aBatchShorterThanALapIsDecidedEntryByEntry(
            @ForAll @IntRange(max = 0xFFFF) int event,
            @ForAll @IntRange(max = 0xFFFF) int newIdx,
            @ForAll @IntRange(max = 0xFFFF) int entries) {
        assertThat(EventIdx.neededAfter(entries, event, newIdx))
                .isEqualTo(EventIdxTest.holds(event, newIdx, (newIdx - entries) & 0xFFFF));
    }

    @Property
    void aLapOrMoreHoldsEveryEntry(
            @ForAll @IntRange(max = 0xFFFF) int event,
            @ForAll @IntRange(max = 0xFFFF) int newIdx,
            @ForAll @IntRange(min = 0x1_0000) int entries) {
        assertThat(EventIdx.neededAfter(entries, event, newIdx)).isTrue();
        assertThat(EventIdx.neededAfter(EventIdx.saturated(entries), event, newIdx))
                .isTrue();
    }

    /** However often it is added to, a count that is kept below a lap cannot overflow. */
    @Property
    void aSaturatedCountChangesNoDecision(
            @ForAll @IntRange(min = 0) int entries,
            @ForAll @IntRange(max = 0xFFFF) int event,
            @ForAll @IntRange(max = 0xFFFF) int newIdx) {
        int saturated = EventIdx.saturated(entries);

        assertThat(saturated).isBetween(0, 0x1_0000);
        assertThat(EventIdx.neededAfter(saturated, event, newIdx))
                .isEqualTo(EventIdx.neededAfter(entries, event, newIdx));
    }
}
