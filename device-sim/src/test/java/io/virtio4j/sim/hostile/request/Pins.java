// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.sim.hostile.CaseResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the devices of this library answer where a case leaves the choice: one verdict out of several, one error code out of
 * several. Another device may choose otherwise; of ours a choice that changes is a change that somebody must want.
 *
 * <p>A line of the file: party, ring or both, id, verdict, and the first line of what was seen.
 */
final class Pins {
    private static final Pins PINS = read();

    private final Set<String> lines;
    private final Set<String> parties = new HashSet<>();

    private Pins(Set<String> lines) {
        this.lines = lines;
        lines.forEach(line -> parties.add(line.substring(0, line.indexOf('\t'))));
    }

    private static Pins read() {
        try (InputStream in = Pins.class.getResourceAsStream("pins.tsv")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Pins(text.lines().collect(Collectors.toSet()));
        } catch (IOException e) {
            throw new UncheckedIOException("the pins cannot be read", e);
        }
    }

    /** Checks a good result that could have been another. */
    static void check(CaseResult result) {
        boolean chosen =
                result.hostileCase().allowed().size() > 1 || !result.detail().isEmpty();
        if (chosen && PINS.parties.contains(result.party())) {
            String ring = result.format().name().toLowerCase(Locale.ROOT);
            assertThat(PINS.lines).as("what was always chosen").containsAnyOf(line(result, ring), line(result, "both"));
        }
    }

    private static String line(CaseResult result, String ring) {
        return String.join(
                "\t",
                result.party(),
                ring,
                result.hostileCase().id(),
                result.verdict().name(),
                result.detail().lines().findFirst().orElse(""));
    }
}
