// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Something for the queue's thread to do as a whole, and its result.
 *
 * @param future what the asking thread waits for
 * @param work what to do
 * @param <T> the result
 */
record FutureWork<T>(CompletableFuture<T> future, Function<FutureAgent, T> work) implements FutureStep {
    void run(FutureAgent agent) {
        try {
            future.complete(work.apply(agent));
        } catch (RuntimeException e) {
            // Told to the one who asked.
            future.completeExceptionally(e);
        }
    }

    @Override
    public void cancel() {
        future.completeExceptionally(new CancellationException("cancelled by a close"));
    }
}
