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
 */
record PlayedCase(
        String party, String ring, String id, String area, String verdict, List<String> clauses, String violates) {

    /** How many columns a line has. */
    static final int COLUMNS = 7;

    /** In the order of the page. */
    static final List<String> GOOD = List.of("SERVED", "REJECTED", "NEEDS_RESET");

    /** Never to be seen. */
    static final List<String> BAD = List.of("WEDGED", "ESCAPED", "LEAKED", "LIED");

    private static final Set<String> KNOWN_GOOD = Set.copyOf(GOOD);

    static PlayedCase of(List<String> row) {
        String clauses = row.get(5).strip();
        return new PlayedCase(
                row.get(0),
                row.get(1),
                row.get(2),
                row.get(3),
                row.get(4),
                clauses.isEmpty() ? List.of() : List.of(clauses.split("[ ,]+")),
                row.get(6));
    }

    /** {@return whether the party has come to no harm; a verdict that nobody knows is none} */
    boolean isGood() {
        return KNOWN_GOOD.contains(verdict);
    }
}
