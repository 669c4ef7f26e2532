// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** States by number, each with the best way to it that is known: from which state, by which step, at what cost. */
final class StateSet {
    private final List<byte[]> states = new ArrayList<>();
    private int[] table = new int[1 << 10];
    private int[] parents = new int[1 << 8];
    private int[] steps = new int[1 << 8];
    private int[] costs = new int[1 << 8];

    StateSet() {
        Arrays.fill(table, -1);
    }

    int size() {
        return states.size();
    }

    byte[] get(int number) {
        return states.get(number);
    }

    int parent(int number) {
        return parents[number];
    }

    int step(int number) {
        return steps[number];
    }

    int cost(int number) {
        return costs[number];
    }

    /** Takes note of a way to a state; returns its number if no way as cheap was known, or else -1. */
    int reach(byte[] state, int parent, int step, int cost) {
        int at = find(state);
        int number = table[at];
        if (number < 0) {
            number = states.size();
            states.add(state);
            table[at] = number;
            if (number == parents.length) {
                parents = Arrays.copyOf(parents, 2 * number);
                steps = Arrays.copyOf(steps, 2 * number);
                costs = Arrays.copyOf(costs, 2 * number);
            }
            if (2 * states.size() > table.length) {
                grow();
            }
        } else if (costs[number] <= cost) {
            return -1;
        }
        parents[number] = parent;
        steps[number] = step;
        costs[number] = cost;
        return number;
    }

    private int find(byte[] state) {
        int mask = table.length - 1;
        int hash = Arrays.hashCode(state) * 0x9E3779B9;
        int at = (hash ^ hash >>> 15) & mask;
        while (table[at] >= 0 && !Arrays.equals(states.get(table[at]), state)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        table = new int[2 * table.length];
        Arrays.fill(table, -1);
        for (int number = 0; number < states.size(); number++) {
            table[find(states.get(number))] = number;
        }
    }
}
