// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.device.QueueState.Taken;
import java.util.ArrayDeque;

/** Chains that another device had taken and not completed: handed out again before any new one, in the order taken. */
final class ResumedChains {
    private record Resumed(int handle, Taken chain) {}

    private final ArrayDeque<Resumed> chains = new ArrayDeque<>();

    void add(int handle, Taken chain) {
        chains.add(new Resumed(handle, chain));
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
        chains.removeFirst();
    }

    /** Whether the chain was not handed out again so far. */
    boolean contains(int handle) {
        return chains.stream().anyMatch(resumed -> resumed.handle() == handle);
    }

    /** The chain as the state had it. */
    Taken get(int handle) {
        return chains.stream()
                .filter(resumed -> resumed.handle() == handle)
                .findFirst()
                .orElseThrow()
                .chain();
    }
}
