// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.benchmarks.ringtest.RingTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * JMH's own program with two arguments more: the {@link SecondaryResults}, and a failure of a benchmark as a failure
 * of the run, unless {@code -foe} says otherwise.
 */
public final class Main {
    private static final String RING_TEST = "ringtest";

    private Main() {}

    /**
     * The program.
     *
     * @param args JMH's arguments; or {@code ringtest} and those of the ring test
     * @throws IOException if JMH cannot write its results
     */
    public static void main(String[] args) throws IOException {
        if (args.length > 0 && args[0].equals(RING_TEST)) {
            RingTest.main(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        List<String> all = new ArrayList<>(Arrays.asList(args));
        Collections.addAll(all, "-prof", SecondaryResults.class.getName());
        if (!all.contains("-foe")) {
            Collections.addAll(all, "-foe", "true");
        }
        org.openjdk.jmh.Main.main(all.toArray(String[]::new));
    }
}
