// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.explore;

import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.preempt.explore.Bounds;
import io.virtio4j.preempt.explore.Exploration;
import io.virtio4j.preempt.explore.Variant;
import io.virtio4j.preempt.explore.VariantTable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code virtio4j explore}: every interleaving of the preemption guard, for the default and for variants that look right. */
@Command(
        name = "explore",
        description = "Explore every interleaving of the preemption guard's steps with interrupts and other CPUs.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Without --cpus, --tasks and --interrupts it covers what the table in docs/preempt-drop-race.md covers.",
            "Exit status: 0 every verdict is the one the variant is known for, 1 one is not or stays undecided, 2 bad"
                    + " usage."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class ExploreCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "a variant, or all (default: default)")
    private String variant;

    @Option(names = "--list", description = "list the variants and explore none")
    private boolean list;

    @Option(names = "--cpus", paramLabel = "N", description = "CPUs, 1 to 4")
    private @Nullable Integer cpus;

    @Option(names = "--tasks", paramLabel = "N", description = "tasks, 1 to 4")
    private @Nullable Integer tasks;

    @Option(names = "--interrupts", paramLabel = "N", description = "timer interrupts on each CPU at most, 0 to 8")
    private @Nullable Integer interrupts;

    @Option(
            names = "--states",
            paramLabel = "N",
            description = "give up beyond so many states (default: 20000000, about 2 GB)")
    private @Nullable Integer states;

    @Option(names = "--trace", description = "print the shortest way to each failure")
    private boolean trace;

    @Option(names = "--markdown", description = "print the table of docs/preempt-drop-race.md")
    private boolean markdown;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            Variant.all().forEach(v -> out.printf("%-30s %s%n", v.name(), v.description()));
            return 0;
        }
        List<Variant> variants = variants();
        List<Bounds> bounds = bounds();
        List<Exploration> explorations = new ArrayList<>();
        for (Variant v : variants) {
            Exploration exploration = Exploration.of(v, bounds);
            explorations.add(exploration);
            if (!markdown) {
                out.println(VariantTable.line(exploration));
                if (trace) {
                    exploration.trace().forEach(line -> out.println("    " + line));
                }
                out.flush();
            }
        }
        if (markdown) {
            out.print(VariantTable.markdown(explorations));
            if (trace) {
                explorations.stream()
                        .filter(e -> !e.trace().isEmpty())
                        .forEach(e -> out.printf(
                                "%n`%s`:%n%n```%n%s%n```%n",
                                e.variant().name(), String.join(System.lineSeparator(), e.trace())));
            }
            out.flush();
        }
        String wrong = explorations.stream()
                .filter(e -> !e.isAsKnown())
                .map(e -> e.variant().name() + " (" + VariantTable.verdict(e) + ")")
                .collect(Collectors.joining(", "));
        if (!wrong.isEmpty()) {
            throw new WorkFailedException("not the verdict that the variant is known for: " + wrong
                    + "; small bounds cannot show every failure, and large ones may need more --states");
        }
        return 0;
    }

    private List<Variant> variants() {
        return variant.equals(ALL)
                ? Variant.all()
                : List.of(Variant.named(variant)
                        .orElseThrow(() -> new ParameterException(
                                spec.commandLine(), "--variant is all or one that --list lists, not " + variant)));
    }

    /** The bounds of the table, unless one number is given: then one run, the other numbers as in the run with the most CPUs. */
    private List<Bounds> bounds() {
        int maxStates = states == null ? Bounds.DEFAULT_STATES : states;
        try {
            if (cpus == null && tasks == null && interrupts == null) {
                List<Bounds> table = new ArrayList<>();
                for (Bounds b : Bounds.TABLE) {
                    table.add(new Bounds(b.cpus(), b.tasks(), b.interrupts(), maxStates));
                }
                return table;
            }
            Bounds base = Bounds.TABLE.get(Bounds.TABLE.size() - 1);
            return List.of(new Bounds(
                    cpus == null ? base.cpus() : cpus,
                    tasks == null ? base.tasks() : tasks,
                    interrupts == null ? base.interrupts() : interrupts,
                    maxStates));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
    }
}
