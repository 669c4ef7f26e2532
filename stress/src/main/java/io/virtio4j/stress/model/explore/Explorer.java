// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Tries every order in which the accesses of a program can take effect, and looks for an end that violates its property.
 *
 * <p>Nothing is left out: no bound on the store buffer or on the reordering but the length of the program, no reduction. Of
 * the ways to such an end it gives one in which accesses overtake each other least often.
 */
public final class Explorer {
    /** Far above what the programs here have: a program that needs more is a mistake. */
    private static final int MAX_STATES = 5_000_000;

    private final Program program;
    private final MemoryModel model;
    private final Machine machine;
    private final StateSet states = new StateSet();

    /** States to be looked at, by what the way to them costs: how often an access has overtaken another. */
    private final NavigableMap<Integer, Deque<Integer>> open = new TreeMap<>();

    private int ends;

    private Explorer(Program program, MemoryModel model) {
        this.program = program;
        this.model = model;
        this.machine = new Machine(program, model);
    }

    /** {@return what comes of a program under a memory model} */
    public static Exploration explore(Program program, MemoryModel model) {
        return new Explorer(program, model).run();
    }

    private Exploration run() {
        long startNanos = System.nanoTime();
        List<String> trace = List.of();
        open(states.reach(machine.initial(), -1, -1, 0));
        List<Boolean> expanded = new ArrayList<>();
        while (!open.isEmpty()) {
            int number = nextOpen();
            while (expanded.size() <= number) {
                expanded.add(false);
            }
            if (expanded.set(number, true)) {
                continue;
            }
            byte[] state = states.get(number);
            if (machine.isEnd(state)) {
                ends++;
                String violation = program.property().violation(machine.outcome(state));
                if (violation != null) {
                    trace = trace(number);
                    trace.add("=> " + violation);
                    break;
                }
            }
            expand(number, state);
        }
        return new Exploration(program, model, states.size(), ends, System.nanoTime() - startNanos, trace);
    }

    private void expand(int number, byte[] state) {
        for (int thread = 0; thread < machine.threads.size(); thread++) {
            ThreadCode code = machine.threads.get(thread);
            long done = machine.done(state, thread);
            for (int index = 0; index < code.accesses.size(); index++) {
                boolean isNext = (done >>> index & 1) == 0 && (code.behind[index] & ~done) == 0;
                byte[] next = isNext ? machine.after(state, thread, index) : null;
                if (next != null) {
                    int cost = states.cost(number) + Long.bitCount(overtaken(done, index));
                    open(states.reach(next, number, thread * Long.SIZE + index, cost));
                }
            }
        }
        if (states.size() > MAX_STATES) {
            throw new IllegalStateException(program.name() + " has more than " + MAX_STATES + " states");
        }
    }

    private void open(int number) {
        if (number >= 0) {
            open.computeIfAbsent(states.cost(number), cost -> new ArrayDeque<>())
                    .add(number);
        }
    }

    private int nextOpen() {
        Deque<Integer> cheapest = open.firstEntry().getValue();
        int number = cheapest.remove();
        if (cheapest.isEmpty()) {
            open.pollFirstEntry();
        }
        return number;
    }

    /** The earlier accesses of the thread that have not taken effect. */
    private static long overtaken(long done, int index) {
        return ~done & ((1L << index) - 1);
    }

    private List<String> trace(int end) {
        List<String> lines = new ArrayList<>();
        int width = machine.threads.stream()
                .mapToInt(code -> code.name.length())
                .max()
                .orElse(0);
        for (int number = end; states.parent(number) >= 0; number = states.parent(number)) {
            int thread = states.step(number) / Long.SIZE;
            int index = states.step(number) % Long.SIZE;
            ThreadCode code = machine.threads.get(thread);
            StringBuilder line = new StringBuilder(code.name);
            line.append(" ".repeat(width - code.name.length() + 2))
                    .append(machine.text(states.get(number), thread, index));
            long overtaken = overtaken(machine.done(states.get(states.parent(number)), thread), index);
            String separator = "   <- overtakes ";
            for (int i = 0; i < index; i++) {
                if ((overtaken >>> i & 1) != 0) {
                    line.append(separator).append(code.accesses.get(i));
                    separator = ", ";
                }
            }
            lines.add(line.toString());
        }
        Collections.reverse(lines);
        return lines;
    }
}
