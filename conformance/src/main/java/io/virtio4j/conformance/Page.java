// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import io.virtio4j.conformance.Conformance.State;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Writes the page: counts at the top, then a table for each section. The same input gives the same bytes. */
final class Page {

    static final String UPDATE_COMMAND = "mvn verify -Dconformance.update";

    private static final Map<String, String> AREAS = areas();

    private static final String INTRODUCTION = """
            # Conformance

            Which clauses of the VirtIO specification this library keeps, and which test shows it. This page is written by the build
            and compared with what the tests of all modules recorded; change it with `%s` only.

            Level: VirtIO 1.2, plus queue reset and what 1.3 made stricter. 1.4's SUSPEND is not offered. The legacy interface (0.9)
            is not built. Section numbers are those of 1.2 unless a row says otherwise.

            - **met**: at least one test that names the clause ran and passed, and none failed.
            - **open**: no test shows it yet.
            - **not applicable**: for one of the reasons below, listed in `conformance/not-applicable.tsv`.

            Levels are the specification's words; STATED is what it states as a fact, IMPLIED what follows from it. The statements are
            ours: the specification's text is what binds.
            """;

    private final Conformance conformance;
    private final StringBuilder out = new StringBuilder();

    private Page(Conformance conformance) {
        this.conformance = conformance;
    }

    static String of(Conformance conformance) {
        return new Page(conformance).write();
    }

    private static Map<String, String> areas() {
        Map<String, String> areas = new LinkedHashMap<>();
        areas.put("core", "Basic facilities");
        areas.put("split", "Split virtqueues");
        areas.put("packed", "Packed virtqueues");
        areas.put("blk", "Block device");
        areas.put("gpu", "GPU device");
        return areas;
    }

    private String write() {
        out.append(INTRODUCTION.formatted(UPDATE_COMMAND));
        counts();
        reasons();
        AREAS.forEach(this::area);
        return out.toString();
    }

    private void counts() {
        table(
                "Where it stands",
                List.of("area", "clauses", "not applicable", "met", "open", "of these MUST or SHALL"),
                "---|--:|--:|--:|--:|--:");
        AREAS.forEach((area, title) -> countRow(title, clause -> clause.area().equals(area)));
        countRow("all", clause -> true);
    }

    private void countRow(String title, Predicate<ClauseRow> which) {
        List<ClauseRow> clauses = conformance.clauses().stream().filter(which).toList();
        row(List.of(
                title,
                String.valueOf(clauses.size()),
                count(clauses, State.NOT_APPLICABLE),
                count(clauses, State.MET),
                count(clauses, State.OPEN),
                count(clauses.stream().filter(ClauseRow::isRequirement).toList(), State.OPEN)));
    }

    private String count(Collection<ClauseRow> clauses, State state) {
        return String.valueOf(clauses.stream()
                .filter(clause -> conformance.stateOf(clause) == state)
                .count());
    }

    private void reasons() {
        table("Why a clause does not apply", List.of("reason", "clauses", ""), "---|--:|---");
        for (Reason reason : Reason.values()) {
            long clauses = conformance.clauses().stream()
                    .filter(clause -> conformance.reasonOf(clause).orElse(null) == reason)
                    .count();
            row(List.of(reason.word(), String.valueOf(clauses), reason.explanation()));
        }
    }

    private void area(String area, String title) {
        out.append("\n## ").append(title).append('\n');
        conformance.clauses().stream()
                .filter(clause -> clause.area().equals(area))
                .collect(Collectors.groupingBy(ClauseRow::section, LinkedHashMap::new, Collectors.toList()))
                .forEach((section, clauses) -> {
                    out.append("\n### ").append(section).append("\n\n");
                    row(List.of("clause", "who", "level", "statement", "state", "shown by"));
                    out.append("|---|---|---|---|---|---|\n");
                    clauses.forEach(this::clause);
                });
    }

    private void clause(ClauseRow clause) {
        String state = switch (conformance.stateOf(clause)) {
            case MET -> "met";
            case OPEN -> "open";
            case NOT_APPLICABLE ->
                "not applicable: "
                        + conformance.reasonOf(clause).map(Reason::word).orElseThrow();
        };
        row(List.of(
                clause.id(),
                clause.party(),
                clause.level(),
                clause.statement(),
                state,
                String.join(", ", conformance.testsOf(clause))));
    }

    private void table(String title, List<String> head, String rule) {
        out.append("\n## ").append(title).append("\n\n");
        row(head);
        out.append('|').append(rule).append("|\n");
    }

    private void row(List<String> cells) {
        out.append("| ")
                .append(cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ")))
                .append(" |\n");
    }
}
