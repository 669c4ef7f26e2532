// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** How far long work is, on the error stream of a terminal; nothing in a pipe. One thread. */
public final class Progress implements AutoCloseable {
    private static final int MIB = 1 << 20;
    private static final int SECOND_MILLIS = 1_000;

    private final @Nullable ProgressBar bar;

    private Progress(String task, long total, String unit, long unitSize) {
        bar = Terminal.isInteractive()
                ? new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(total)
                        .setUnit(unit, unitSize)
                        .build()
                : null;
    }

    /**
     * {@return work that is counted in bytes}
     *
     * @param task what it is
     * @param totalBytes how many there are
     */
    public static Progress ofBytes(String task, long totalBytes) {
        return new Progress(task, totalBytes, " MiB", MIB);
    }

    /**
     * {@return work that is counted in milliseconds}
     *
     * @param task what it is
     * @param totalMillis how long it will take
     */
    public static Progress ofMillis(String task, long totalMillis) {
        return new Progress(task, totalMillis, " s", SECOND_MILLIS);
    }

    /**
     * Shows that more was done.
     *
     * @param amount how much more, in what it is counted in
     */
    public void advance(long amount) {
        if (bar != null) {
            bar.stepBy(amount);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
