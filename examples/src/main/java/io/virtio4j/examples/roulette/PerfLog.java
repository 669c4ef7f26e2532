// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueStats;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/** The line of the frame's counters: one for every frame in a pipe; on a terminal one a second, the mean of its frames. */
final class PerfLog {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PrintWriter out;
    private final boolean everyFrame;
    private long lastNanos = System.nanoTime();
    private long fences;
    private long spins;
    private long completions;
    private int frames;

    PerfLog(PrintWriter out, boolean everyFrame) {
        this.out = out;
        this.everyFrame = everyFrame;
    }

    void frame(QueueStats frame) {
        fences += frame.get(QueueCounter.POLL_FENCES);
        spins += frame.get(QueueCounter.SPINS);
        completions += frame.get(QueueCounter.COMPLETIONS);
        frames++;
        if (everyFrame || System.nanoTime() - lastNanos >= PERIOD_NANOS) {
            flush();
        }
    }

    /** Prints what has not been printed. */
    void flush() {
        if (frames > 0) {
            out.println("[VIRTIO PERF] fences=" + fences / frames + " spins=" + spins / frames + " completions="
                    + completions / frames);
            out.flush();
        }
        lastNanos = System.nanoTime();
        fences = 0;
        spins = 0;
        completions = 0;
        frames = 0;
    }
}
