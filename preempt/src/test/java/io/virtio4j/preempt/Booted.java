// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** CPUs for a test, and what they told the error handler. */
final class Booted implements AutoCloseable {
    static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(30);

    final List<Throwable> errors = new CopyOnWriteArrayList<>();
    final CpuSet cpus;

    private Booted(int count, UnaryOperator<PreemptOptions> change) {
        this.cpus = CpuSet.boot(change.apply(
                PreemptOptions.of(count, errors::add).withCrossCheck(true).withDeadlineNanos(LONG_NANOS)));
    }

    static Booted with(int count) {
        return new Booted(count, options -> options);
    }

    static Booted with(int count, UnaryOperator<PreemptOptions> change) {
        return new Booted(count, change);
    }

    Cpu cpu(int index) {
        return cpus.cpu(index);
    }

    PreemptStatistics quiet() {
        cpus.timer().stop();
        cpus.awaitQuiet(LONG_NANOS);
        return cpus.statistics();
    }

    @Override
    public void close() {
        cpus.close();
    }
}
