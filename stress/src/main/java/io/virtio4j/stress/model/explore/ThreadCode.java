// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

import io.virtio4j.stress.model.explore.Step.Access;
import io.virtio4j.stress.model.explore.Step.Barrier;
import java.util.ArrayList;
import java.util.List;

/** The accesses of one thread, and which of them must have taken effect before which under one memory model. */
final class ThreadCode {
    private static final int NONE = -1;

    final String name;
    final List<Access> accesses = new ArrayList<>();

    /** For each access the earlier ones, as bits, that it must not overtake. */
    final long[] behind;

    /** For each access, and each of its cells, the thread's latest earlier store to it: what a load takes while it waits. */
    final int[][] latestStore;

    ThreadCode(String name, List<Step> steps, MemoryModel model) {
        this.name = name;
        List<List<Fence>> fencesBefore = new ArrayList<>();
        List<Fence> fences = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Access access) {
                accesses.add(access);
                fencesBefore.add(List.copyOf(fences));
                fences.clear();
            } else {
                fences.add(((Barrier) step).fence());
            }
        }
        if (accesses.size() > Long.SIZE) {
            throw new IllegalArgumentException(
                    "a thread has at most " + Long.SIZE + " accesses, " + name + " has " + accesses.size());
        }
        behind = new long[accesses.size()];
        latestStore = new int[accesses.size()][];
        for (int later = 0; later < accesses.size(); later++) {
            Access second = accesses.get(later);
            List<Fence> between = new ArrayList<>();
            for (int earlier = later - 1; earlier >= 0; earlier--) {
                between.addAll(fencesBefore.get(earlier + 1));
                if (isOrdered(earlier, later, between, model)) {
                    behind[later] |= 1L << earlier;
                }
            }
            int end = later;
            latestStore[later] = second.cells().stream()
                    .mapToInt(cell -> latestStore(cell, end))
                    .toArray();
        }
    }

    private boolean isOrdered(int earlier, int later, List<Fence> between, MemoryModel model) {
        Access first = accesses.get(earlier);
        Access second = accesses.get(later);
        if (first instanceof Step.Swap || second instanceof Step.Swap || model.keeps(first, second)) {
            return true;
        }
        if (between.stream().anyMatch(fence -> fence.keeps(first, second))) {
            return true;
        }
        return second.cells().stream()
                .anyMatch(cell -> first.cells().contains(cell) && isOrderedAt(cell, earlier, later));
    }

    /** Coherence: of two accesses to one cell, only a load may come early, and then it takes the value of the waiting store. */
    private boolean isOrderedAt(String cell, int earlier, int later) {
        if (accesses.get(later).stores()) {
            return true;
        }
        return !accesses.get(earlier).stores() && latestStore(cell, later) < earlier;
    }

    private int latestStore(String cell, int before) {
        for (int i = before - 1; i >= 0; i--) {
            if (accesses.get(i).stores() && accesses.get(i).cells().contains(cell)) {
                return i;
            }
        }
        return NONE;
    }
}
