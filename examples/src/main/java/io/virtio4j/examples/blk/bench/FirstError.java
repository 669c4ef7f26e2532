// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/** Keeps the first thing that went wrong, for the one sentence at the end. Any thread. */
final class FirstError implements ErrorHandler {
    private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

    @Override
    public void onError(Throwable error) {
        first.compareAndSet(null, error);
    }

    Optional<Throwable> get() {
        return Optional.ofNullable(first.get());
    }

    /** It and its cause, in a few words. */
    Optional<String> text() {
        return get().map(error ->
                error.getCause() == null ? error.toString() : error.getMessage() + ": " + error.getCause());
    }
}
