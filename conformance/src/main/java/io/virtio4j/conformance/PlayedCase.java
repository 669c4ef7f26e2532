// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.util.List;
import java.util.Set;

/**
 * What came of one hostile case, as the kit's runner wrote it.
 *
 * @param party against which driver or device it was played
 * @param ring on which ring
 * @param id the case
 * @param area what it is about
 * @param verdict what became of the party
 * @param clauses ids of the checklist
 * @param violates what the peer does that it must not, a sentence
 * @param allowed the verdicts that are right for the case
 * @param remark why the verdict is none of the good ones; empty if it is one
 */
record PlayedCase(
        String party,
        String ring,
        String id,
        String area,
        String verdict,
        List<String> clauses,
        String violates,
        List<String> allowed,
        String remark) {

    /** How many columns a line has. */
    static final int COLUMNS = 9;

    /** In the order of the page. */
    static final List<String> GOOD = List.of("SERVED", "REJECTED", "NEEDS_RESET");

    /** Never to be seen. */
    static final List<String> BAD = List.of("WEDGED", "ESCAPED", "LEAKED", "LIED", "NOT_PLAYED");

    /** Says nothing about the party. */
    static final String SKIPPED = "SKIPPED";

    private static final Set<String> KNOWN_GOOD = Set.copyOf(GOOD);

    static PlayedCase of(List<String> row) {
        return new PlayedCase(
                row.get(0),
                row.get(1),
                row.get(2),
                row.get(3),
                row.get(4),
                words(row.get(5)),
                row.get(6),
                words(row.get(7)),
                row.get(8));
    }

    private static List<String> words(String cell) {
        return cell.isBlank() ? List.of() : List.of(cell.strip().split("[ ,]+"));
    }

    boolean isSkipped() {
        return verdict.equals(SKIPPED);
    }

    /** {@return whether the party has come to no harm, as the case demands; a verdict that nobody knows is none} */
    boolean isGood() {
        return isSkipped() || (KNOWN_GOOD.contains(verdict) && allowed.contains(verdict));
    }
}
