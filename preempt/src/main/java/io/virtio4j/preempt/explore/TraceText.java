// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.step.CpuSlots;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A way through the states, in words: what happened, who did it where, and which slots changed. */
final class TraceText {
    private final Machine machine;
    private final Workload workload;
    private final boolean reduced;
    private final List<String> lines = new ArrayList<>();

    /**
     * Prepares to tell what happened.
     *
     * @param machine the programs
     * @param workload what runs
     * @param reduced whether states at which only one thing had to be tried were left out
     */
    TraceText(Machine machine, Workload workload, boolean reduced) {
        this.machine = machine;
        this.workload = workload;
        this.reduced = reduced;
    }

    /** {@return a line for each thing that happened, to the failure} */
    List<String> of(StateTable table, int state, int last) {
        List<Integer> happenings = new ArrayList<>(List.of(last));
        for (int s = state; table.parent(s) >= 0; s = table.parent(s)) {
            happenings.add(table.happening(s));
        }
        Collections.reverse(happenings);
        World world = new World(machine, workload, true);
        int[] next = new int[Explorer.MAX_HAPPENINGS];
        @Nullable Failure failure = null;
        for (int happening : happenings) {
            failure = add(world, happening);
            for (int more = 0; reduced && failure == null && more < Explorer.MAX_FOLLOWING; more++) {
                if (world.isQuiet() || world.sufficient(next) != 1) {
                    break;
                }
                failure = add(world, next[0]);
            }
        }
        lines.add("=> " + Objects.requireNonNull(failure).text());
        return lines;
    }

    private @Nullable Failure add(World world, int happening) {
        String what = describe(world, happening, happening >> 8 & 0xFF);
        String before = slotsOf(world);
        Failure failure = world.happen(happening);
        String after = slotsOf(world);
        lines.add(what + (after.equals(before) ? "" : "   [" + after + "]"));
        return failure;
    }

    private static String describe(World world, int happening, int cpu) {
        int context = world.current[cpu];
        String who = "CPU " + cpu + "  " + world.contextName(context) + "  ";
        int argument = happening & 0xFF;
        return switch (happening >> 16) {
            case World.TIMER -> who + "<- timer interrupt";
            case World.IPI -> who + "<- interrupt from another CPU";
            default -> {
                String depth = "  ".repeat(world.interruptsHere(cpu));
                boolean switches = argument != context && world.place(cpu).endsWith(Op.Kind.SWITCH.text);
                yield who + depth + world.place(cpu) + (switches ? " to " + world.contextName(argument) : "");
            }
        };
    }

    private static String slotsOf(World world) {
        CpuSlots slots = world.slots;
        StringBuilder text = new StringBuilder();
        for (int cpu = 0; cpu < slots.cpus(); cpu++) {
            text.append(cpu == 0 ? "" : " | ");
            text.append("count ").append(world.machine.policy.rules().gauge().count(slots, cpu));
            text.append(slots.getRaisedOpaque(cpu) != 0 ? " raised" : "");
            text.append(world.machine.policy.rules().gauge().flag(slots, cpu) ? " pending" : "");
            text.append(slots.getDrainingOpaque(cpu) != 0 ? " draining" : "");
            text.append(slots.getMaskedOpaque(cpu) != 0 ? " masked" : "");
            text.append(world.owed[cpu] ? " (owed)" : "");
        }
        return text.toString();
    }
}
