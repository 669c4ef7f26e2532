// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.StateCase;

class TestSummaryTest {
    private static final StateCase NOTHING_ELSE = of(".*", Expect.FORBIDDEN, "anything else");

    private static StateCase of(String pattern, Expect expect, String description) {
        return new StateCase(Pattern.compile(pattern), expect, description);
    }

    private static TestSummary test(StateCase... cases) {
        return new TestSummary(List.of(cases), NOTHING_ELSE);
    }

    private static TestSummary mutants() {
        return test(
                of("woken, .*", Expect.ACCEPTABLE, "fine"),
                of("alone, .*", Expect.ACCEPTABLE, "no meeting"),
                of("lost, dropped", Expect.ACCEPTABLE_INTERESTING, "no fence"),
                of("lost, early", Expect.ACCEPTABLE_INTERESTING, "fence too early"));
    }

    @Test
    void aWrongVariantThatShowsNothingInEnoughSamplesHasLostItsTeeth() {
        TestSummary test =
                test(of("0, 0", Expect.ACCEPTABLE, "fine"), of("0, 1", Expect.ACCEPTABLE_INTERESTING, "stale"));
        test.add("0, 0", TestSummary.ENOUGH_SAMPLES - 1);

        assertEquals(List.of("0, 1"), test.notSeen());
        assertFalse(test.hasEnoughSamplesFor("0, 1"));

        test.add("0, 0", 1);

        assertTrue(test.hasEnoughSamplesFor("0, 1"));
        assertTrue(test.lacksWrongVariantsOnly());
    }

    @Test
    void oneThatWasSeenInAnyRunHasTeeth() {
        TestSummary test = mutants();
        test.add("woken, dropped", 10);
        assertEquals(List.of("lost, dropped", "lost, early"), test.notSeen());

        test.add("lost, dropped", 1);
        test.add("lost, early", 2);

        assertEquals(List.of(), test.notSeen());
        assertEquals(13, test.samples());
        assertEquals(3, test.interestingCount());
        assertEquals(1, test.interestingCounts().get("lost, dropped"));
    }

    @Test
    void eachWrongVariantIsAskedForInSamplesOfItsOwn() {
        TestSummary test = mutants();
        test.add("woken, dropped", 10 * TestSummary.ENOUGH_MEETINGS);
        test.add("lost, dropped", 7);
        test.add("woken, early", TestSummary.ENOUGH_MEETINGS - 1);
        assertEquals(List.of("lost, early"), test.notSeen());
        assertFalse(test.hasEnoughSamplesFor("lost, early"));

        test.add("woken, early", 1);

        assertTrue(test.hasEnoughSamplesFor("lost, early"));
    }

    @Test
    void whereTheSidesWaitForEachOtherOnlyMeetingsCount() {
        TestSummary test = mutants();
        test.add("alone, early", 10 * TestSummary.ENOUGH_MEETINGS);
        test.add("woken, early", 3);

        assertEquals(3, test.samplesFor("lost, early"));
        assertEquals(3, test.samples());
    }

    @Test
    void aPatternIsSeenWhenAnyOutcomeThatItMatchesIs() {
        TestSummary test = test(
                of("nothing, .*", Expect.ACCEPTABLE, "too early"),
                of("whole, .*", Expect.ACCEPTABLE, "must be seen: all of it"),
                of("torn, (a|b)", Expect.ACCEPTABLE_INTERESTING, "half"));
        test.add("nothing, a", TestSummary.ENOUGH_SAMPLES);
        assertEquals(List.of("whole, .*", "torn, (a|b)"), test.notSeen());
        assertFalse(test.lacksWrongVariantsOnly());

        test.add("torn, b", 1);
        assertEquals(List.of("whole, .*"), test.notSeen());
        assertTrue(test.hasEnoughSamplesFor("whole, .*"));

        test.add("whole, b", 1);
        assertEquals(List.of(), test.notSeen());
    }

    @Test
    void aRightVariantWhoseSidesSeldomMetHasSaidNothing() {
        TestSummary test =
                test(of("woken, .*", Expect.ACCEPTABLE, "fine"), of("alone, .*", Expect.ACCEPTABLE, "no meeting"));
        test.add("alone, split", 10 * TestSummary.ENOUGH_SAMPLES);
        test.add("woken, split", TestSummary.MEETINGS - 1);
        assertEquals(List.of("the sides together"), test.notSeen());
        assertFalse(test.hasEnoughSamplesFor("the sides together"));

        test.add("woken, split", 1);

        assertEquals(List.of(), test.notSeen());
    }

    @Test
    void whatNoCaseNamesIsForbiddenAlsoIfItBeginsLikeNoMeeting() {
        TestSummary test = mutants();
        test.add("alone", 2);
        test.add("lost, late", 1);

        assertEquals(3, test.forbiddenCount());
        assertEquals(2, test.wrong().size());
    }

    @Test
    void aRunThatFailedIsWrong() {
        TestSummary test = mutants();
        test.failed("TIMEOUT_ERROR");

        assertEquals(List.of("FAILED to run: TIMEOUT_ERROR"), List.copyOf(test.wrong()));
    }

    @Test
    void theVariantIsWhatStandsBehindTheFirstComma() {
        assertEquals("early, by flags", TestSummary.variant("lost, early, by flags"));
        assertEquals("", TestSummary.variant("21"));
    }
}
