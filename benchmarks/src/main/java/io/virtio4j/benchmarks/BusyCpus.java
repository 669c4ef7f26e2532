// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.preempt.Cpu;
import io.virtio4j.preempt.CpuSet;
import io.virtio4j.preempt.PreemptGuard;
import io.virtio4j.preempt.PreemptOptions;

/** CPUs of which the calling thread is the first; the others take and release guards of their own all the time. */
@SuppressWarnings("try") // guards are held, not used
final class BusyCpus implements AutoCloseable {
    final CpuSet set;
    final Cpu here;
    private volatile boolean stopping;

    BusyCpus(int cpus) {
        set = CpuSet.boot(PreemptOptions.of(cpus, Throwable::printStackTrace));
        here = Cpu.current();
        for (int i = 1; i < cpus; i++) {
            set.scheduler().spawn("other-" + i, this::takeGuards, set.cpu(i));
        }
    }

    private void takeGuards() {
        GuardedSection own = new GuardedSection();
        Cpu cpu = Cpu.current();
        while (!stopping) {
            for (int i = 0; i < 1_000; i++) {
                try (PreemptGuard guard = cpu.enterGuard()) {
                    own.work();
                }
            }
            Cpu.interruptPoint();
        }
    }

    /** Gives the thread back. */
    @Override
    public void close() {
        stopping = true;
        set.close();
    }
}
