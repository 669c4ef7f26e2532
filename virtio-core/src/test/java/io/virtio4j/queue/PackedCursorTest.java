// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.ring.PackedCursor;
import io.virtio4j.testkit.Clause;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A position in a packed ring against a count of descriptors that never wraps. */
class PackedCursorTest {
    private static final int AVAIL = 0x0080;
    private static final int USED = 0x8000;

    @Test
    @Clause("PACKED-WRAP-INIT")
    void aPositionStartsAtTheFirstSlotWithWrapCounterOne() {
        PackedCursor cursor = new PackedCursor(5);

        assertThat(cursor.slot()).isZero();
        assertThat(cursor.offWrap()).isEqualTo(0x8000);
    }

    @Property
    @Clause("PACKED-WRAP-INIT")
    void theWrapCounterTogglesWheneverThePositionPassesTheLastSlot(
            @ForAll @IntRange(min = 1, max = 32768) int size, @ForAll List<@IntRange(max = 32768) Integer> steps) {
        PackedCursor cursor = new PackedCursor(size);
        long descriptors = 0;
        for (int step : steps) {
            cursor.advance(Math.min(step, size));
            descriptors += Math.min(step, size);

            boolean wrap = descriptors / size % 2 == 0;
            assertThat(cursor.slot()).isEqualTo((int) (descriptors % size));
            assertThat(cursor.offWrap()).isEqualTo(cursor.slot() | (wrap ? 0x8000 : 0));
            assertThat(cursor.availFlags()).isEqualTo(wrap ? AVAIL : USED);
            assertThat(cursor.usedFlags()).isEqualTo(wrap ? AVAIL | USED : 0);
        }
    }

    @Property
    @Clause({"PACKED-AVAIL-BITS", "PACKED-USED-BITS"})
    void ofTheFourWaysToSetTheTwoBitsOneIsAvailableAndOneIsUsed(
            @ForAll @IntRange(max = 0xFFFF) int flags, @ForAll boolean secondLap) {
        PackedCursor cursor = new PackedCursor(3);
        if (secondLap) {
            cursor.advance(3);
        }
        boolean avail = (flags & AVAIL) != 0;
        boolean used = (flags & USED) != 0;

        assertThat(cursor.isAvail(flags)).isEqualTo(avail == !secondLap && used == secondLap);
        assertThat(cursor.isUsed(flags)).isEqualTo(avail == !secondLap && used == !secondLap);
    }

    @Property
    void onePositionMovesToAnother(
            @ForAll @IntRange(min = 1, max = 100) int size, @ForAll List<@IntRange(max = 100) Integer> steps) {
        PackedCursor cursor = new PackedCursor(size);
        PackedCursor follower = new PackedCursor(size);
        for (int step : steps) {
            cursor.advance(Math.min(step, size));
        }

        follower.moveTo(cursor);

        assertThat(follower.offWrap()).isEqualTo(cursor.offWrap());
        assertThat(follower.availFlags()).isEqualTo(cursor.availFlags());
        assertThat(follower.usedFlags()).isEqualTo(cursor.usedFlags());
    }
}
