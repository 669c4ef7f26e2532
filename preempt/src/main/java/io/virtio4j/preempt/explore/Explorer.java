// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Searches the interleavings of one workload, breadth first, so that what it finds first is as short as can be. */
final class Explorer {
    static final int MAX_HAPPENINGS = 64;
    /** A loop without a choice must come by a state that is kept. */
    static final int MAX_FOLLOWING = 1000;

    private static final int MAX_STATE_BYTES = 255;

    private final Machine machine;
    private final Workload workload;
    private final Mode mode;
    private final World world;
    private final StateTable table = new StateTable();
    private final Set<Failure> failures = EnumSet.noneOf(Failure.class);

    private long transitions;
    private int steps;
    private boolean complete = true;
    private boolean lostIsMeasured = true;
    private List<String> trace = List.of();

    /**
     * How to search.
     *
     * @param reduces whether orders of steps that cannot matter to each other are left out
     * @param limitsNesting whether deep nesting is a failure, or only measured
     * @param wanted the failure at which to stop, with a trace; null to go on to the end and collect them all
     * @param maxStates when to give up
     * @param maxSteps how far to go
     */
    record Mode(
            boolean reduces,
            boolean limitsNesting,
            @Nullable Failure wanted,
            int maxStates,
            int maxSteps) {}

    Explorer(Policy policy, Bounds bounds, Workload workload, Mode mode) {
        this.machine = new Machine(policy, bounds);
        this.workload = workload;
        this.mode = mode;
        this.world = new World(machine, workload, mode.limitsNesting());
    }

    /** Searches, once. */
    Explorer search() {
        byte[] bytes = new byte[MAX_STATE_BYTES];
        int[] happenings = new int[MAX_HAPPENINGS];
        int[] next = new int[MAX_HAPPENINGS];
        table.add(bytes, world.write(bytes), -1, -1);
        int levelEnd = 1;
        for (int state = 0; state < table.size(); state++) {
            if (state == levelEnd) {
                levelEnd = table.size();
                if (++steps >= mode.maxSteps()) {
                    return this;
                }
            }
            table.read(state, world);
            int possible = mode.reduces() ? world.sufficient(happenings) : world.possible(happenings);
            for (int i = 0; i < possible; i++) {
                if (i > 0) {
                    table.read(state, world);
                }
                Failure failure = happen(happenings[i]);
                for (int more = 0; failure == null && follows(more, next); more++) {
                    failure = happen(next[0]);
                }
                if (failure == null) {
                    table.add(bytes, world.write(bytes), state, happenings[i]);
                    continue;
                }
                failures.add(failure);
                if (failure == mode.wanted()) {
                    trace = new TraceText(machine, workload, mode.reduces()).of(table, state, happenings[i]);
                    return this;
                }
            }
            if (table.size() > mode.maxStates()) {
                complete = false;
                return this;
            }
        }
        return this;
    }

    private @Nullable Failure happen(int happening) {
        transitions++;
        Failure failure = world.happen(happening);
        lostIsMeasured &= !world.isQuiet() || world.measuresWhatIsOwed();
        return failure;
    }

    /** Whether only one thing has to be tried now, so that this state need not be kept. */
    private boolean follows(int already, int[] next) {
        return mode.reduces() && already < MAX_FOLLOWING && !world.isQuiet() && world.sufficient(next) == 1;
    }

    Set<Failure> failures() {
        return failures;
    }

    /** {@return the way to the failure that was wanted; empty when it was not found} */
    List<String> trace() {
        return trace;
    }

    /** {@return how many steps every way was followed} */
    int steps() {
        return steps;
    }

    int states() {
        return table.size();
    }

    long transitions() {
        return transitions;
    }

    boolean isComplete() {
        return complete;
    }

    boolean lostIsMeasured() {
        return lostIsMeasured;
    }

    World world() {
        return world;
    }

    StateTable table() {
        return table;
    }
}
