// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import io.virtio4j.stress.model.explore.Exploration;
import io.virtio4j.stress.model.explore.Explorer;
import io.virtio4j.stress.model.explore.Fence;
import io.virtio4j.stress.model.explore.MemoryModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** All that the model says: a row for each fence of the code, with what comes of each way to get it wrong. */
public final class ModelTable {
    private final List<Exploration> proofs = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private long edits;
    private long editedStates;
    private long nanos;

    /** The explorations of one edit, from the strictest memory model on. */
    private record Attempt(Edit edit, List<Exploration> explorations) {
        /** The first memory model that lets something go wrong. */
        String model() {
            return wrong().map(exploration -> exploration.model().name()).orElse("never");
        }

        Optional<Exploration> wrong() {
            return explorations.stream()
                    .filter(exploration -> !exploration.isProved())
                    .findFirst();
        }
    }

    private record Row(String letter, String place, List<Attempt> attempts) {}

    private ModelTable() {}

    /** {@return the table, explored anew} */
    public static ModelTable explore() {
        ModelTable table = new ModelTable();
        long startNanos = System.nanoTime();
        for (Scenario scenario : Verdicts.scenarios()) {
            for (MemoryModel model : MemoryModel.values()) {
                table.proofs.add(Explorer.explore(scenario.program(), model));
            }
        }
        Verdicts.fences().forEach(table::add);
        table.nanos = System.nanoTime() - startNanos;
        return table;
    }

    private void add(String name, Fence fence) {
        int blank = name.indexOf(' ');
        String place = name.substring(blank + 1);
        List<Attempt> attempts = new ArrayList<>();
        for (Edit edit : Edit.of(fence)) {
            List<Exploration> explorations = Verdicts.explore(place, edit).values().stream()
                    .flatMap(List::stream)
                    .toList();
            edits++;
            editedStates += explorations.stream().mapToLong(Exploration::states).sum();
            attempts.add(new Attempt(edit, explorations));
        }
        rows.add(new Row(name.substring(0, blank), place, attempts));
    }

    /** {@return whether the code is right under every memory model} */
    public boolean isProved() {
        return proofs.stream().allMatch(Exploration::isProved);
    }

    /** {@return one line that says how much was explored, and nothing that depends on the machine} */
    public String total() {
        return String.format(
                Locale.ROOT,
                "%d scenarios under %d memory models, %s in %,d states; %d edits of %d fences in %,d states",
                Verdicts.scenarios().size(),
                MemoryModel.values().length,
                isProved() ? "all proved" : "NOT ALL PROVED",
                proofs.stream().mapToLong(Exploration::states).sum(),
                edits,
                rows.size(),
                editedStates);
    }

    /** {@return the table on one screen, a line for each fence, and how long it took} */
    public String screen() {
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            text.append(String.format(Locale.ROOT, "%-2s %-22s", row.letter, row.place));
            row.attempts.forEach(attempt -> text.append(String.format(
                    Locale.ROOT, " %s %-5s", attempt.edit.label().replace("weakened to ", ""), attempt.model())));
            text.append('\n');
        }
        return text.append(total())
                .append(String.format(Locale.ROOT, "; %.1f s%n", nanos / 1e9))
                .toString();
    }

    /** {@return the table in Markdown; nothing in it depends on the machine} */
    public String markdown() {
        StringBuilder text = new StringBuilder(total()).append(".\n\n");
        text.append("| letter | place | dropped | weakened to | early | late |\n|---|---|---|---|---|---|\n");
        for (Row row : rows) {
            Map<String, String> cells = new LinkedHashMap<>();
            for (Attempt attempt : row.attempts) {
                String label = attempt.edit.label();
                boolean isWeaker = attempt.edit.weaker() != null;
                cells.merge(
                        isWeaker ? "weakened" : label,
                        (isWeaker ? label.replace("weakened to ", "") + ": " : "") + attempt.model(),
                        (first, second) -> first + "; " + second);
            }
            text.append("| ")
                    .append(row.letter)
                    .append(" | `")
                    .append(row.place)
                    .append("` | ");
            text.append(String.join(" | ", cells.values())).append(" |\n");
        }
        return text.toString();
    }

    /** {@return the scenarios in Markdown, with how many states each has under each memory model} */
    public String scenarios() {
        StringBuilder text = new StringBuilder("| scenario |");
        for (MemoryModel model : MemoryModel.values()) {
            text.append(' ').append(model).append(" |");
        }
        text.append("\n|---|")
                .append("--:|".repeat(MemoryModel.values().length))
                .append('\n');
        Map<String, List<Exploration>> byScenario = proofs.stream()
                .collect(Collectors.groupingBy(
                        exploration -> exploration.program().name(), LinkedHashMap::new, Collectors.toList()));
        byScenario.forEach((name, explorations) -> {
            text.append("| ").append(name).append(" |");
            explorations.forEach(
                    exploration -> text.append(String.format(Locale.ROOT, " %,d |", exploration.states())));
            text.append('\n');
        });
        return text.toString();
    }

    /**
     * {@return the way to what goes wrong with a fence of one scenario}
     *
     * @param scenario its name
     * @param place of the fence
     * @param edit what is done to it
     * @param model under which
     */
    public static List<String> trace(String scenario, String place, Edit edit, MemoryModel model) {
        Scenario found = Verdicts.scenarios().stream()
                .filter(candidate -> candidate.name().equals(scenario))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no scenario '" + scenario + "'"));
        return Explorer.explore(found.program(place, edit), model).trace();
    }

    /**
     * Writes a file for each fence: what each edit leads to, under the first memory model that lets something go wrong; and one
     * with all proofs.
     *
     * @param directory where; made if it is not there
     */
    public void write(Path directory) {
        try {
            Files.createDirectories(directory);
            StringBuilder proved = new StringBuilder(screen()).append('\n');
            for (Exploration proof : proofs) {
                proved.append(String.format(
                        Locale.ROOT,
                        "%-60s %-3s %s, %,d states, %.1f ms%n",
                        proof.program().name(),
                        proof.model(),
                        proof.isProved() ? "proved" : "WRONG",
                        proof.states(),
                        proof.nanos() / 1e6));
                proof.trace().forEach(line -> proved.append("    ").append(line).append('\n'));
            }
            Files.writeString(directory.resolve("proofs.txt"), proved);
            for (Row row : rows) {
                Files.writeString(directory.resolve(row.place + ".txt"), traces(row));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String traces(Row row) {
        StringBuilder text = new StringBuilder();
        for (Attempt attempt : row.attempts) {
            text.append(row.letter).append(' ').append(row.place).append(' ').append(attempt.edit.label());
            text.append(": ").append(attempt.model()).append("\n\n");
            attempt.wrong().ifPresent(exploration -> {
                text.append(exploration.program().name()).append('\n');
                exploration.program().threads().forEach((thread, steps) -> {
                    text.append("  ").append(thread).append('\n');
                    steps.forEach(step -> text.append("    ").append(step).append('\n'));
                });
                text.append('\n');
                exploration
                        .trace()
                        .forEach(line -> text.append("  ").append(line).append('\n'));
                text.append('\n');
            });
        }
        return text.toString();
    }
}
