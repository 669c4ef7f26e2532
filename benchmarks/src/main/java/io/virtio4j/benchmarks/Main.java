// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

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
    private Main() {}

    /**
     * The program.
     *
     * @param args JMH's arguments
     * @throws IOException if JMH cannot write its results
     */
    public static void main(String[] args) throws IOException {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        Collections.addAll(all, "-prof", SecondaryResults.class.getName());
        if (!all.contains("-foe")) {
            Collections.addAll(all, "-foe", "true");
        }
        org.openjdk.jmh.Main.main(all.toArray(String[]::new));
    }
}
