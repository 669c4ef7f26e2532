// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.RingFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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

    /** {@return whether this verdict is right for the case} */
    public boolean isGood() {
        return hostileCase.allowed().contains(verdict);
    }

    /** {@return a line of the table: party, ring, id, area, verdict, clauses, sentence; separated by tabs} */
    public String toLine() {
        return String.join(
                "\t",
                party,
                format.name().toLowerCase(java.util.Locale.ROOT),
                hostileCase.id(),
                hostileCase.area(),
                verdict.name(),
                String.join(" ", hostileCase.clauses()),
                hostileCase.violates());
    }

    /**
     * Adds the line to a file.
     *
     * @param file created where it is missing
     */
    public void appendTo(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, toLine() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot add " + hostileCase.id() + " to " + file, e);
        }
    }

    @Override
    public String toString() {
        return party + ", " + format + ", " + hostileCase.id() + ": " + verdict
                + (isGood() ? "" : ", where " + hostileCase.allowed() + " is right") + ", seed " + seed
                + (detail.isEmpty() ? "" : "\n" + detail);
    }
}
