// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.RingFormat;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What came of one case.
 *
 * @param party which party it was played against
 * @param format on which rings
 * @param hostileCase the case
 * @param verdict what became of the party
 * @param detail what was seen: empty for a plain good verdict, else for a person to read; may have several lines
 * @param seed plays it again
 */
public record CaseResult(
        String party, RingFormat format, HostileCase<?> hostileCase, Verdict verdict, String detail, long seed) {

    /** {@return whether this verdict is right for the case, or the case was not for this party} */
    public boolean isGood() {
        return verdict == Verdict.SKIPPED || hostileCase.allowed().contains(verdict);
    }

    /**
     * {@return a line of the table: party, ring, id, area, verdict, clauses, sentence, the verdicts that are right, and where the
     * verdict is none of the good ones the first line of what was seen; separated by tabs}
     */
    public String toLine() {
        return String.join(
                "\t",
                party,
                format.name().toLowerCase(Locale.ROOT),
                hostileCase.id(),
                hostileCase.area(),
                verdict.name(),
                String.join(" ", hostileCase.clauses()),
                hostileCase.violates(),
                hostileCase.allowed().stream().sorted().map(Verdict::name).collect(Collectors.joining(" ")),
                verdict.isGood()
                        ? ""
                        : detail.lines()
                                .findFirst()
                                .orElse("")
                                .replace('\t', ' ')
                                .strip());
    }

    @Override
    public String toString() {
        return party + ", " + format + ", " + hostileCase.id() + ": " + verdict
                + (isGood() ? "" : ", where " + hostileCase.allowed() + " is right") + ", seed " + seed
                + (detail.isEmpty() ? "" : "\n" + detail);
    }
}
