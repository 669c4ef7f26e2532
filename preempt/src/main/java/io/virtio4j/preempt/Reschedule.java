// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.GuardSteps;
import java.util.Objects;

/**
 * Requests to reschedule. One that is pending calls back as soon as its CPU holds no guard: at the release of the outermost one, or at
 * the end of an interrupt that found none.
 *
 * <p>Thread rules: methods without a CPU speak of the one on which the caller runs, and throw {@link IllegalStateException} if it
 * runs on none.
 */
public final class Reschedule {
    private Reschedule() {}

    /**
     * Asks for a callback on this CPU. Outside guards and interrupts it comes at the next interrupt point or release.
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static void setReschedulePending() {
        Cpu cpu = Cpu.current();
        cpu.request();
        if (cpu.guardCount() == 0 && !cpu.isInInterrupt()) {
            // Nobody will look at the flag but an interrupt's end: so let there be one.
            cpu.raise(InterruptController.CALL);
        }
    }

    /**
     * Asks for a callback on any CPU: on another one by an inter-processor interrupt. Any thread. Several requests that are made
     * before that CPU takes the interrupt are one.
     *
     * @param cpu the CPU
     */
    public static void setReschedulePending(Cpu cpu) {
        if (Cpu.currentOrNull() == cpu) {
            setReschedulePending();
        } else {
            cpu.raise(InterruptController.RESCHEDULE);
        }
    }

    /**
     * {@return whether a callback is owed: on this CPU, or with {@link PreemptPolicy#GLOBAL_PENDING} on any}
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static boolean isReschedulePending() {
        Cpu cpu = Cpu.current();
        return cpu.set.perCpu ? GuardSteps.isPending(cpu.slots, cpu.index) : cpu.slots.getGlobalPendingOpaque() != 0;
    }

    /**
     * Takes back what was asked of this CPU: no callback is owed, and none counts as lost.
     *
     * @throws IllegalStateException if the calling thread is no CPU
     */
    public static void clearReschedulePending() {
        Cpu cpu = Cpu.current();
        CpuSlots slots = cpu.slots;
        if (cpu.set.perCpu) {
            GuardSteps.clearPending(slots, cpu.index);
        } else {
            GuardSteps.swapGlobalPending(slots);
        }
        slots.setServedOpaque(cpu.index, slots.getRequestsOpaque(cpu.index));
    }

    /**
     * Replaces the callback of a set of CPUs, which is {@link Scheduler#schedule} from the start. Any thread.
     *
     * @param set the CPUs
     * @param hook called instead; it may call {@link Scheduler#schedule} itself
     */
    public static void registerCallback(CpuSet set, RescheduleHook hook) {
        set.hook = Objects.requireNonNull(hook, "hook");
    }
}
