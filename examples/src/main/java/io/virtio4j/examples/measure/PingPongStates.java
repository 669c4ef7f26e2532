// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How far readings of a ping-pong tell in which state the machine was. How long a cache line takes to another processor and back has
 * several states on a virtual machine, and what was measured in two of them cannot be compared.
 */
public final class PingPongStates {
    /** Readings that differ by more belong to two states of the machine. */
    private static final double TOLERANCE = 0.15;

    /** Within a state of the machine readings differ by less than this. */
    private static final double STATE_SPAN = 1.5;

    private PingPongStates() {}

    /**
     * {@return whether two readings can be of one state: they differ by 15 % at most}
     *
     * @param firstNanos a reading
     * @param secondNanos another; if either is not a number, they are not alike
     */
    public static boolean areAlike(double firstNanos, double secondNanos) {
        return Math.abs(firstNanos - secondNanos) <= TOLERANCE * Math.min(firstNanos, secondNanos);
    }

    /**
     * Groups what was measured by the state of the machine.
     *
     * @param measured in any order
     * @param pingPongNanos the reading that belongs to each
     * @param <T> what was measured
     * @return the groups, the one with the quickest ping-pong first
     */
    public static <T> List<List<T>> group(List<T> measured, ToDoubleFunction<T> pingPongNanos) {
        List<T> sorted = measured.stream()
                .sorted(Comparator.comparingDouble(pingPongNanos))
                .toList();
        List<List<T>> groups = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= sorted.size(); to++) {
            if (to == sorted.size()
                    || pingPongNanos.applyAsDouble(sorted.get(to))
                            > STATE_SPAN * pingPongNanos.applyAsDouble(sorted.get(from))) {
                groups.add(sorted.subList(from, to));
                from = to;
            }
        }
        return groups;
    }
}
