// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

/**
 * The tasks and the idle loops of a {@link World}: who runs, who may run where, and the stack of each. A stack has a frame for each
 * program that the context is in, with the place in it, the CPU that it believes to be on, and what it loaded last.
 */
final class Contexts {
    /** More frames than any policy needs; beyond, the stack grows. */
    static final int MAX_FRAMES = 24;

    static final int RUNNING = 0;
    static final int READY = 1;
    static final int ENDED = 2;

    /** The home of a context that may run on any CPU. */
    static final int ANYWHERE = -1;

    private final Machine machine;
    private final int tasks;
    private final int contexts;

    final int[] status;
    final int[] home;
    /** The guards that a context holds. */
    final int[] held;

    final int[] maskedWhenLeft;
    final int[] frames;
    final int[][] at;
    final int[][] cpuOf;
    final int[][] value;

    Contexts(Machine machine) {
        this.machine = machine;
        this.tasks = machine.bounds.tasks();
        this.contexts = tasks + machine.bounds.cpus();
        this.status = new int[contexts];
        this.home = new int[contexts];
        this.held = new int[contexts];
        this.maskedWhenLeft = new int[contexts];
        this.frames = new int[contexts];
        this.at = new int[contexts][MAX_FRAMES];
        this.cpuOf = new int[contexts][MAX_FRAMES];
        this.value = new int[contexts][MAX_FRAMES];
    }

    /** Gives a context its first frame. */
    void begin(int context, int start, int cpu, int homeCpu, boolean runs) {
        status[context] = runs ? RUNNING : READY;
        home[context] = homeCpu;
        frames[context] = 1;
        at[context][0] = start;
        cpuOf[context][0] = cpu;
    }

    /** Adds a frame. Returns whether there was room. */
    boolean push(int context, int start, int cpu) {
        if (frames[context] == MAX_FRAMES) {
            return false;
        }
        int frame = frames[context]++;
        at[context][frame] = start;
        cpuOf[context][frame] = cpu;
        value[context][frame] = 0;
        return true;
    }

    /** Takes everything from a context that has left its CPU for good. */
    void end(int context) {
        status[context] = ENDED;
        home[context] = ANYWHERE;
        maskedWhenLeft[context] = 0;
        frames[context] = 0;
    }

    /** {@return where a context is} */
    int place(int context) {
        return at[context][frames[context] - 1];
    }

    /** {@return the instruction that a context runs next} */
    Op top(int context) {
        return machine.ops[place(context)];
    }

    boolean isTask(int context) {
        return context < tasks;
    }

    boolean mayRun(int task, int cpu) {
        return status[task] == READY && (home[task] == ANYWHERE || home[task] == cpu);
    }

    boolean hasReadyTask(int cpu) {
        for (int task = 0; task < tasks; task++) {
            if (mayRun(task, cpu)) {
                return true;
            }
        }
        return false;
    }

    /** {@return the interrupts in progress on a stack} */
    int interruptsOn(int context) {
        int interrupts = 0;
        for (int frame = 0; frame < frames[context]; frame++) {
            if (machine.parts[at[context][frame]].isInterrupt()) {
                interrupts++;
            }
        }
        return interrupts;
    }

    /** {@return the callbacks in progress on a stack} */
    int callbacksOn(int context) {
        int callbacks = 0;
        for (int frame = 0; frame < frames[context]; frame++) {
            if (machine.parts[at[context][frame]].isCallback()) {
                callbacks++;
            }
        }
        return callbacks;
    }

    /** Whether a program that is in progress has an interrupt for another CPU still before it. */
    boolean mayRaise() {
        for (int context = 0; context < contexts; context++) {
            for (int frame = 0; frame < frames[context]; frame++) {
                if (at[context][frame] <= machine.raiseIn(machine.parts[at[context][frame]])) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Writes all of it behind {@code from}; returns where it ends. */
    int write(byte[] to, int from) {
        int n = from;
        for (int context = 0; context < contexts; context++) {
            to[n++] = (byte) (status[context] | (home[context] + 1) << 2 | (frames[context] & 7) << 5);
            to[n++] = (byte) (held[context] << 3 | maskedWhenLeft[context] << 2 | frames[context] >> 3);
            for (int frame = 0; frame < frames[context]; frame++) {
                to[n++] = (byte) at[context][frame];
                to[n++] = (byte) (at[context][frame] >> 8 << 3 | cpuOf[context][frame]);
                to[n++] = World.narrow(value[context][frame]);
            }
        }
        return n;
    }

    /** Reads what {@link #write} wrote. */
    void read(byte[] from, int offset) {
        int n = offset;
        for (int context = 0; context < contexts; context++) {
            int first = from[n++];
            int second = from[n++];
            status[context] = first & 3;
            home[context] = (first >> 2 & 7) - 1;
            frames[context] = (first >> 5 & 7) | (second & 3) << 3;
            maskedWhenLeft[context] = second >> 2 & 1;
            held[context] = second >> 3;
            for (int frame = 0; frame < frames[context]; frame++) {
                int low = from[n++] & 0xFF;
                int high = from[n++];
                at[context][frame] = low | (high >> 3) << 8;
                cpuOf[context][frame] = high & 7;
                value[context][frame] = from[n++];
            }
        }
    }
}
