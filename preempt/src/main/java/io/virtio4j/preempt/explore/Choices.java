// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

/** What can happen next in a {@link World}. */
final class Choices {
    private final World world;
    private final Contexts contexts;
    private final Workload workload;
    private final int cpus;
    private final int tasks;

    Choices(World world, Workload workload) {
        this.world = world;
        this.contexts = world.contexts;
        this.workload = workload;
        this.cpus = world.machine.bounds.cpus();
        this.tasks = world.machine.bounds.tasks();
    }

    /** Writes what can happen next, and returns how many things that are. */
    int possible(int[] happenings) {
        int n = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            n = possibleOn(cpu, happenings, n);
        }
        return n;
    }

    /**
     * Writes enough of what can happen next: all that can happen on one CPU, where nothing that other CPUs may do until then could
     * matter to it, nor the other way round. Whatever order the others take, the same states without anything in flight follow.
     * This assumes that a CPU touches no slot of another, which {@link World#touchedForeignSlot} tells.
     */
    int sufficient(int[] happenings) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            if (isAlone(cpu)) {
                return possibleOn(cpu, happenings, 0);
            }
        }
        return possible(happenings);
    }

    private boolean isAlone(int cpu) {
        Op op = contexts.top(world.current[cpu]);
        if ((op.kind() != Op.Kind.STEP && op.kind() != Op.Kind.READ_CPU)
                || op.traits().shared()) {
            return false;
        }
        if (world.slots.getMaskedOpaque(cpu) == 0) {
            return !mayBeRaised(cpu);
        }
        return !op.traits().beginsCallback() || !mayBeRaised(cpu);
    }

    /** Whether another CPU may still raise an interrupt on this one. */
    private boolean mayBeRaised(int cpu) {
        int from = (cpu + cpus - 1) % cpus;
        if (from == cpu) {
            return false;
        }
        if (contexts.mayRaise()) {
            return true;
        }
        return workload.timer() == Part.SENDING_TIMER && world.interruptsLeft[from] > 0;
    }

    private int possibleOn(int cpu, int[] happenings, int from) {
        int n = from;
        Op op = contexts.top(world.current[cpu]);
        switch (op.kind()) {
            case SWITCH, LAST_SWITCH -> n = switches(cpu, op.kind() == Op.Kind.SWITCH, happenings, n);
            case IDLE -> {
                if (contexts.hasReadyTask(cpu)) {
                    happenings[n++] = World.code(World.STEP, cpu, 0);
                }
            }
            default -> happenings[n++] = World.code(World.STEP, cpu, 0);
        }
        if (world.slots.getMaskedOpaque(cpu) == 0) {
            if (world.interruptsLeft[cpu] > 0) {
                happenings[n++] = World.code(World.TIMER, cpu, 0);
            }
            if (world.slots.getRaisedOpaque(cpu) != 0) {
                happenings[n++] = World.code(World.IPI, cpu, 0);
            }
        }
        return n;
    }

    /** A task may keep its CPU; an idle loop does when no task may have it; who ends hands over to a task, else to the idle loop. */
    private int switches(int cpu, boolean mayStay, int[] happenings, int from) {
        int n = from;
        int context = world.current[cpu];
        boolean task = contexts.isTask(context);
        for (int other = 0; other < tasks; other++) {
            if (contexts.mayRun(other, cpu)) {
                happenings[n++] = World.code(World.STEP, cpu, other);
            }
        }
        boolean someoneReady = n > from;
        if (mayStay && (task || !someoneReady)) {
            happenings[n++] = World.code(World.STEP, cpu, context);
        } else if (!someoneReady) {
            happenings[n++] = World.code(World.STEP, cpu, tasks + cpu);
        }
        return n;
    }
}
