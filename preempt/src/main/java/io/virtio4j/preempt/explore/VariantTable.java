// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.explore.Exploration.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Explorations in words: the table and the traces of {@code docs/preempt-drop-race.md}. Nothing in it depends on the machine. */
public final class VariantTable {
    private VariantTable() {}

    /**
     * {@return a table in Markdown, a row for each exploration}
     *
     * @param explorations the explorations
     */
    public static String markdown(List<Exploration> explorations) {
        StringBuilder text = new StringBuilder();
        text.append("| variant | what it is | verdict | way there, steps | also found | states | steps tried |\n");
        text.append("|---|---|---|--:|---|--:|--:|\n");
        for (Exploration e : explorations) {
            text.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %s | %s | %s | %s | %,d | %,d |%n",
                    e.variant().name(),
                    e.variant().description(),
                    e.verdict() == Verdict.FAILS ? "**" + verdict(e) + "**" : verdict(e),
                    steps(e),
                    others(e),
                    e.states(),
                    e.transitions()));
        }
        return text.toString().replace(System.lineSeparator(), "\n");
    }

    /**
     * {@return one line that says what came out}
     *
     * @param e the exploration
     */
    public static String line(Exploration e) {
        String others = others(e);
        return String.format(
                Locale.ROOT,
                "%-30s %s%s%s; %,d states, %,d steps, %.1f s",
                e.variant().name(),
                verdict(e),
                e.trace().isEmpty() ? "" : ", " + steps(e) + " steps",
                others.isEmpty() ? "" : " (also: " + others + ")",
                e.states(),
                e.transitions(),
                e.nanos() / 1e9);
    }

    /**
     * {@return what came out, in words}
     *
     * @param e the exploration
     */
    public static String verdict(Exploration e) {
        return switch (e.verdict()) {
            case PROVED -> "proved";
            case UNDECIDED -> "undecided: more states than allowed";
            case FAILS -> text(e, e.failure().orElseThrow());
        };
    }

    private static String text(Exploration e, Failure failure) {
        return failure != Failure.NESTING
                ? failure.text()
                : failure.text()
                        + e.growth().stream().map(String::valueOf).collect(Collectors.joining(", ", " (", " deep)"));
    }

    private static String others(Exploration e) {
        return e.alsoFails().stream().sorted().map(f -> text(e, f)).collect(Collectors.joining("; "));
    }

    private static String steps(Exploration e) {
        if (e.trace().isEmpty()) {
            return "";
        }
        return (e.traceIsShortest() ? "" : "at most ") + (e.trace().size() - 1);
    }
}
