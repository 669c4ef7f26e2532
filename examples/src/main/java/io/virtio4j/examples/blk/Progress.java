// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk;

import io.virtio4j.examples.cli.Terminal;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** How far a copy is, on the error stream of a terminal; nothing in a pipe. */
final class Progress implements AutoCloseable {
    private static final int MIB = 1 << 20;

    private final @Nullable ProgressBar bar;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    static Progress of(String task, long totalBytes) {
        return new Progress(
                Terminal.isInteractive()
                        ? new ProgressBarBuilder()
                                .setTaskName(task)
                                .setInitialMax(totalBytes)
                                .setUnit(" MiB", MIB)
                                .build()
                        : null);
    }

    void advance(long bytes) {
        if (bar != null) {
            bar.stepBy(bytes);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
