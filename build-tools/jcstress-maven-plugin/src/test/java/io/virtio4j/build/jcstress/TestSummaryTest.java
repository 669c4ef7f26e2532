// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TestSummaryTest {
    private final TestSummary test = new TestSummary();

    @Test
    void aWrongVariantThatShowsNothingInEnoughSamplesHasLostItsTeeth() {
        test.acceptable("0, 0", TestSummary.ENOUGH_SAMPLES);
        test.interesting("0, 1", 0);

        assertTrue(test.hasLostTeeth());
        assertEquals(List.of("0, 1"), test.notSeen());
    }

    @Test
    void withFewerSamplesNothingIsSaid() {
        test.acceptable("0, 0", TestSummary.ENOUGH_SAMPLES - 1);
        test.interesting("0, 1", 0);

        assertFalse(test.hasLostTeeth());
    }

    @Test
    void oneThatWasSeenHasTeeth() {
        test.acceptable("0, 0", TestSummary.ENOUGH_SAMPLES);
        test.interesting("0, 1", 0);
        test.interesting("0, 1", 1);

        assertFalse(test.hasLostTeeth());
        assertEquals(TestSummary.ENOUGH_SAMPLES + 1, test.samples());
    }

    @Test
    void eachWrongVariantIsAskedForAndNeedsItsSamples() {
        test.acceptable("0, 0", 2 * TestSummary.ENOUGH_SAMPLES - 2);
        test.interesting("lost, dropped", 1);
        test.interesting("lost, early", 0);
        assertFalse(test.hasLostTeeth());

        test.acceptable("0, 0", 1);

        assertTrue(test.hasLostTeeth());
    }

    @Test
    void wherePartiesWaitForEachOtherOnlyMeetingsCountAndFewerSuffice() {
        test.acceptable("alone, early", TestSummary.ENOUGH_SAMPLES);
        test.acceptable("woken, early", TestSummary.ENOUGH_MEETINGS - 1);
        test.interesting("lost, early", 0);
        assertFalse(test.hasLostTeeth());

        test.acceptable("woken, early", 1);

        assertTrue(test.hasLostTeeth());
        assertEquals(TestSummary.ENOUGH_MEETINGS, test.samples());
    }

    @Test
    void aTestWithoutWrongVariantsHasNoTeethToLose() {
        test.acceptable("0, 0", 10 * TestSummary.ENOUGH_SAMPLES);
        test.forbidden("1, 0", "never", 0);

        assertFalse(test.hasLostTeeth());
        assertEquals(0, test.forbiddenCount());
    }
}
