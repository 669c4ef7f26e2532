// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * How often a stress test saw a mutant's forbidden outcome, in the last runs of all tests whose counts were kept: docs/measured,
 * which {@code jcstress:run -Djcstress.page} writes, one file for each Java.
 */
final class MeasuredCounts {
    private static final int COLUMNS = 5;

    private final List<String[]> rows = new ArrayList<>();

    private MeasuredCounts() {}

    /**
     * {@return the counts measured on a Java}
     *
     * @param java its feature number, for example 17
     */
    static MeasuredCounts on(int java) throws IOException {
        Path file = Built.root().resolve("docs/measured/jcstress-" + java + ".tsv");
        MeasuredCounts counts = new MeasuredCounts();
        for (String line : Files.readAllLines(file)) {
            String[] columns = line.split("\t", -1);
            // The first line says what was measured, and has none.
            if (columns.length == COLUMNS) {
                counts.rows.add(columns);
            }
        }
        return counts;
    }

    /**
     * {@return in how many samples the test saw the mutant's outcome, by flags and by event index together; nothing if the file
     * has no such row}
     */
    OptionalLong seen(String test, Mutant mutant) {
        List<String[]> ofMutant = rows.stream()
                .filter(row -> row[0].equals(test) && isOf(row[1], mutant))
                .toList();
        return ofMutant.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(ofMutant.stream()
                        .mapToLong(row -> Long.parseLong(row[4]))
                        .sum());
    }

    /** A test of one fence names what is done to it, and a test of the code behind all letters the mutant. */
    private static boolean isOf(String outcome, Mutant mutant) {
        return outcome.equals("lost, " + mutant.id())
                || outcome.startsWith("lost, " + mutant.edit().label() + " by ");
    }
}
