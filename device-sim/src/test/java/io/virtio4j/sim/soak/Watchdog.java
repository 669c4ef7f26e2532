// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.soak;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Ends a run in which nothing has moved for 30 seconds. Looks once a second, and wakes nobody before. */
final class Watchdog implements AutoCloseable {
    static final int PATIENCE_SECONDS = 30;

    private final CountDownLatch over = new CountDownLatch(1);
    private final LongSupplier progress;
    private final Runnable onStandstill;

    Watchdog(LongSupplier progress, Runnable onStandstill) {
        this.progress = progress;
        this.onStandstill = onStandstill;
        Thread thread = new Thread(this::watch, "watchdog");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        long seen = -1;
        int still = 0;
        try {
            while (!over.await(1, TimeUnit.SECONDS)) {
                long now = progress.getAsLong();
                still = now == seen ? still + 1 : 0;
                seen = now;
                if (still >= PATIENCE_SECONDS) {
                    onStandstill.run();
                    return;
                }
            }
        } catch (InterruptedException e) {
            onStandstill.run();
        }
    }

    @Override
    public void close() {
        over.countDown();
    }
}
