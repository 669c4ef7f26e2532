// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.step;

/**
 * The word that says that an idle CPU sleeps, and its order with the raised lines. Both sides store and then load, all volatile: the
 * CPU says that it sleeps and looks at its lines, who raises a line looks whether the CPU sleeps. One of them sees the other.
 *
 * <p>Only the first line that is raised wakes: whoever raises another finds it raised, and so does the CPU.
 */
public final class CpuSleep {
    private final CpuSlots slots;
    private final int cpu;
    private volatile boolean asleep;

    /**
     * Makes the word of a CPU that is awake.
     *
     * @param slots the state
     * @param cpu the CPU
     */
    public CpuSleep(CpuSlots slots, int cpu) {
        this.slots = slots;
        this.cpu = cpu;
    }

    /**
     * Raises interrupt lines of the CPU. Any thread.
     *
     * @param lines a bit for each line
     * @return whether the caller is to unpark the CPU
     */
    public boolean raise(long lines) {
        long before = GuardSteps.raise(slots, cpu, lines);
        return before == 0 && asleep;
    }

    /** {@return whether the CPU may park: it says that it sleeps, and no line was raised} By whoever runs as the CPU. */
    public boolean fallAsleep() {
        asleep = true;
        return slots.getRaisedVolatile(cpu) == 0;
    }

    /** The CPU is awake, however that came. By whoever runs as the CPU. */
    public void awake() {
        asleep = false;
    }

    /** {@return whether the CPU says that it sleeps} Any thread. */
    public boolean isAsleep() {
        return asleep;
    }
}
