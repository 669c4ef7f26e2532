// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.device.QueueState.Taken;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Chains that another device had taken and not completed: handed out again before any new one, in the order taken. */
final class ResumedChains {
    private record Resumed(int handle, Taken chain) {}

    private final ArrayDeque<Resumed> chains = new ArrayDeque<>();
    private final @Nullable Taken[] byHandle;

    ResumedChains(int queueSize) {
        this.byHandle = new Taken[queueSize];
    }

    void add(int handle, Taken chain) {
        chains.add(new Resumed(handle, chain));
        byHandle[handle] = chain;
    }

    boolean isEmpty() {
        return chains.isEmpty();
    }

    int firstHandle() {
        return chains.getFirst().handle();
    }

    Taken first() {
        return chains.getFirst().chain();
    }

    void removeFirst() {
        byHandle[chains.removeFirst().handle()] = null;
    }

    /** The chain as the state had it, or null if it was handed out again. */
    @Nullable
    Taken get(int handle) {
        return byHandle[handle];
    }
}
