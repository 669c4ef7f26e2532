// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueStats;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/** The line of the frame's counters: one a frame in a pipe, the latest frame's once a second on a terminal. */
final class PerfLog {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PrintWriter out;
    private final boolean everyFrame;
    private long lastNanos = System.nanoTime() - PERIOD_NANOS;

    PerfLog(PrintWriter out, boolean everyFrame) {
        this.out = out;
        this.everyFrame = everyFrame;
    }

    void frame(QueueStats frame) {
        long nowNanos = System.nanoTime();
        if (everyFrame || nowNanos - lastNanos >= PERIOD_NANOS) {
            lastNanos = nowNanos;
            out.println("[VIRTIO PERF] fences=" + frame.get(QueueCounter.POLL_FENCES) + " spins="
                    + frame.get(QueueCounter.SPINS) + " completions=" + frame.get(QueueCounter.COMPLETIONS));
            out.flush();
        }
    }
}
