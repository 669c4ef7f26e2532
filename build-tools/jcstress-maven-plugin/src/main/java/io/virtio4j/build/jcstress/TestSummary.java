// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one test came to, over all of its configurations.
 *
 * <p>An interesting outcome is what a wrong variant is there to show. One that was never seen has lost its teeth if it had samples
 * enough; with fewer nothing can be said. An outcome that begins with {@value #ALONE} is a sample in which the sides did not run at
 * the same time: it shows nothing and is no sample here. A test that has one lets its sides wait for each other, and needs fewer.
 */
final class TestSummary {
    /** How an outcome begins that is no meeting of the sides. */
    static final String ALONE = "alone";

    /** Of each wrong variant, where the sides wait for each other: the rarest has shown itself about once in 1,300. */
    static final long ENOUGH_MEETINGS = 20_000;

    /** Of each wrong variant, where the sides meet by chance. */
    static final long ENOUGH_SAMPLES = 300_000;

    private long samples;
    private long forbidden;
    private boolean meets;
    private final TreeMap<String, Long> interesting = new TreeMap<>();
    private final TreeSet<String> wrong = new TreeSet<>();

    void acceptable(String id, long count) {
        if (id.startsWith(ALONE)) {
            meets = true;
        } else {
            samples += count;
        }
    }

    void interesting(String id, long count) {
        interesting.merge(id, count, Long::sum);
        samples += count;
    }

    void forbidden(String id, String description, long count) {
        if (count > 0) {
            forbidden += count;
            samples += count;
            wrong.add("FORBIDDEN (" + id + ") " + description);
        }
    }

    void failed(String status) {
        wrong.add("FAILED to run: " + status);
    }

    long samples() {
        return samples;
    }

    long forbiddenCount() {
        return forbidden;
    }

    /** How often each interesting outcome was seen. */
    Map<String, Long> interestingCounts() {
        return interesting;
    }

    long interestingCount() {
        return interesting.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What must not have happened and did, a line each. */
    Collection<String> wrong() {
        return wrong;
    }

    List<String> notSeen() {
        return interesting.entrySet().stream()
                .filter(outcome -> outcome.getValue() == 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    boolean hasEnoughSamples() {
        long enough = meets ? ENOUGH_MEETINGS : ENOUGH_SAMPLES;
        return samples >= enough * interesting.size();
    }

    /** Whether a wrong variant should have shown what is wrong with it, and has not. */
    boolean hasLostTeeth() {
        return hasEnoughSamples() && !notSeen().isEmpty();
    }
}
