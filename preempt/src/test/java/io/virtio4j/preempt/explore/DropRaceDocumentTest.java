// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code docs/preempt-drop-race.md} says what exploring says, byte for byte. {@code -Dexplore.update=true} writes it anew;
 * {@code -Dexplore.larger=true} compares the larger bounds too.
 */
@Timeout(540)
class DropRaceDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "preempt-drop-race.md");
    private static final Pattern BLOCK = Pattern.compile(
            "(<!-- explore: (?<what>[a-z]+)(?: (?<name>[a-z-]+))? -->\n)(?<text>.*?)(<!-- end -->)", Pattern.DOTALL);

    @Test
    void everyVariantComesOutAsItIsKnownAndTheDocumentSaysSo() throws IOException {
        List<Exploration> explorations = Variant.all().parallelStream()
                .map(v -> Exploration.of(v, Bounds.TABLE))
                .toList();

        assertThat(explorations).allSatisfy(e -> {
            assertThat(e.isAsKnown())
                    .as("%s: %s", e.variant(), VariantTable.verdict(e))
                    .isTrue();
            if (e.verdict() == Exploration.Verdict.PROVED) {
                assertThat(e.lostIsMeasured())
                        .as("%s measures what is lost", e.variant())
                        .isTrue();
                assertThat(e.nestedCallbacks())
                        .as("%s nests callbacks", e.variant())
                        .isEqualTo(1);
                assertThat(e.nestedInterrupts())
                        .as("%s nests interrupts", e.variant())
                        .isLessThanOrEqualTo(2);
            }
            if (!e.growth().isEmpty()) {
                assertThat(e.growth()).as("%s grows", e.variant()).isSorted().doesNotHaveDuplicates();
            }
        });
        String document = Files.readString(DOCUMENT);
        String regenerated = regenerate(document, explorations);
        if (Boolean.getBoolean("explore.update")) {
            Files.writeString(DOCUMENT, regenerated);
        }
        assertThat(Files.readString(DOCUMENT)).isEqualTo(regenerated);
    }

    private static String regenerate(String document, List<Exploration> explorations) {
        StringBuilder text = new StringBuilder();
        List<String> seen = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(document);
        while (blocks.find()) {
            seen.add(blocks.group("what"));
            String content = switch (blocks.group("what")) {
                case "table" -> VariantTable.markdown(explorations);
                case "trace" -> trace(explorations, blocks.group("name"));
                case "larger" -> Boolean.getBoolean("explore.larger") ? larger() : blocks.group("text");
                default -> throw new IllegalStateException("no block " + blocks.group("what"));
            };
            blocks.appendReplacement(text, Matcher.quoteReplacement(blocks.group(1) + content + blocks.group(5)));
        }
        blocks.appendTail(text);
        assertThat(seen).contains("table", "trace", "larger");
        return text.toString();
    }

    private static String trace(List<Exploration> explorations, String name) {
        Exploration exploration = explorations.stream()
                .filter(e -> e.variant().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no variant " + name));
        return "```\n" + String.join("\n", exploration.trace()) + "\n```\n";
    }

    private static String larger() {
        StringBuilder text = new StringBuilder("| covered | verdict | states | steps tried |\n|---|---|--:|--:|\n");
        for (Bounds bounds : List.of(
                new Bounds(1, 2, 5, Bounds.DEFAULT_STATES),
                new Bounds(1, 3, 3, Bounds.DEFAULT_STATES),
                new Bounds(2, 3, 1, Bounds.DEFAULT_STATES),
                new Bounds(3, 2, 1, Bounds.DEFAULT_STATES))) {
            Exploration e = Exploration.of(Variant.named("default").orElseThrow(), List.of(bounds));
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,d | %,d |\n",
                    bounds.text(),
                    VariantTable.verdict(e),
                    e.states(),
                    e.transitions()));
        }
        return text.toString();
    }
}
