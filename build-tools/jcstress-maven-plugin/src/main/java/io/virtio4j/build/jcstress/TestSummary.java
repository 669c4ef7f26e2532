// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.StateCase;

/**
 * What one test came to, over all of its configurations and runs.
 *
 * <p>Some outcomes have to be seen. An interesting one is what a wrong variant is there to show; an acceptable one whose
 * description begins with {@value #MUST_BE_SEEN} is what a right variant is about: if its sides never met, that it saw nothing
 * forbidden says nothing.
 *
 * <p>What stands behind an outcome's first comma is its variant. An outcome that begins with {@value #ALONE} is a sample in which the
 * sides did not run at the same time: it shows nothing and is no sample here. A test that has one lets its sides wait for each other,
 * and needs fewer.
 */
final class TestSummary {
    /** How an outcome begins that is no meeting of the sides. */
    static final String ALONE = "alone";

    /** How the description of an outcome begins without which a test has shown nothing. */
    static final String MUST_BE_SEEN = "must be seen";

    /** Of a variant, where the sides wait for each other: the rarest has shown itself about once in 2,500. */
    static final long ENOUGH_MEETINGS = 50_000;

    /** Of a variant, where the sides meet by chance. */
    static final long ENOUGH_SAMPLES = 300_000;

    /** What a right variant, whose sides wait for each other, needs to have said something: eight of the rarest wrong ones. */
    static final long MEETINGS = 20_000;

    private static final String TOO_FEW_MEETINGS = "the sides together";

    private final List<StateCase> cases;
    private final StateCase unmatched;
    private final boolean meets;
    private final TreeMap<String, Long> states = new TreeMap<>();
    private final TreeSet<String> failures = new TreeSet<>();

    /**
     * Nothing yet.
     *
     * @param cases what may come of the test
     * @param unmatched what everything else is
     */
    TestSummary(Collection<StateCase> cases, StateCase unmatched) {
        this.cases = List.copyOf(cases);
        this.unmatched = unmatched;
        meets = this.cases.stream().anyMatch(some -> some.matchPattern().startsWith(ALONE));
    }

    /** Counts an outcome, as it was seen. */
    void add(String state, long count) {
        states.merge(state, count, Long::sum);
    }

    /** A run ended otherwise than it should. */
    void failed(String status) {
        failures.add("FAILED to run: " + status);
    }

    private StateCase caseOf(String state) {
        return Stream.concat(
                        cases.stream().filter(some -> some.matchesExactly(state)),
                        cases.stream().filter(some -> some.matches(state)))
                .findFirst()
                .orElse(unmatched);
    }

    private static boolean isForbidden(StateCase some) {
        return some.expect() != Expect.ACCEPTABLE && some.expect() != Expect.ACCEPTABLE_INTERESTING;
    }

    private boolean isSample(String state) {
        return !state.startsWith(ALONE) || isForbidden(caseOf(state));
    }

    private long count(StateCase of) {
        return states.entrySet().stream()
                .filter(state -> caseOf(state.getKey()) == of)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** The samples in which the sides met. */
    long samples() {
        return states.entrySet().stream()
                .filter(state -> isSample(state.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    long forbiddenCount() {
        return states.entrySet().stream()
                .filter(state -> isForbidden(caseOf(state.getKey())))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** How often each interesting outcome was seen, in the order in which the test names them. */
    Map<String, Long> interestingCounts() {
        Map<String, Long> counts = new LinkedHashMap<>();
        cases.stream()
                .filter(some -> some.expect() == Expect.ACCEPTABLE_INTERESTING)
                .forEach(some -> counts.put(some.matchPattern(), count(some)));
        return counts;
    }

    long interestingCount() {
        return interestingCounts().values().stream().mapToLong(Long::longValue).sum();
    }

    /** What must not have happened and did, a line each. */
    Collection<String> wrong() {
        TreeSet<String> wrong = new TreeSet<>(failures);
        states.forEach((state, count) -> {
            StateCase now = caseOf(state);
            if (isForbidden(now)) {
                wrong.add(now.expect() + " (" + state + ") " + now.description());
            }
        });
        return wrong;
    }

    /** The outcomes that have to be seen and were not, as the test names them; also enough meetings. */
    List<String> notSeen() {
        if (meets && interestingCounts().isEmpty() && samples() < MEETINGS) {
            return List.of(TOO_FEW_MEETINGS);
        }
        return cases.stream()
                .filter(some -> some.expect() == Expect.ACCEPTABLE_INTERESTING
                        || (some.expect() == Expect.ACCEPTABLE
                                && some.description().startsWith(MUST_BE_SEEN)))
                .filter(some -> count(some) == 0)
                .map(StateCase::matchPattern)
                .toList();
    }

    /** Whether all that was not seen are wrong variants, so that it makes sense to run those alone. */
    boolean lacksWrongVariantsOnly() {
        List<String> notSeen = notSeen();
        return !notSeen.isEmpty() && interestingCounts().keySet().containsAll(notSeen);
    }

    /** What an outcome is of: empty if the test has no variants. */
    static String variant(String outcome) {
        int comma = outcome.indexOf(", ");
        return comma < 0 ? "" : outcome.substring(comma + 2);
    }

    /** The samples in which an outcome could have been seen: those of its variant, or all if the test has no such variant. */
    long samplesFor(String outcome) {
        String end = ", " + variant(outcome);
        long own = states.entrySet().stream()
                .filter(state -> isSample(state.getKey()) && state.getKey().endsWith(end))
                .mapToLong(Map.Entry::getValue)
                .sum();
        boolean hasVariants = cases.stream()
                        .anyMatch(some -> some.expect() == Expect.ACCEPTABLE
                                && some.matchPattern().endsWith(", .*"))
                && interestingCounts().size() > 1;
        return hasVariants ? own : samples();
    }

    /** Whether an outcome that was not seen should have been. */
    boolean hasEnoughSamplesFor(String outcome) {
        return samplesFor(outcome) >= (meets ? ENOUGH_MEETINGS : ENOUGH_SAMPLES);
    }
}
