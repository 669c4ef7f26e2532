// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import io.virtio4j.examples.measure.PingPongStates;

/**
 * One slice, between two readings of the ping-pong.
 *
 * @param turn in which repetition
 * @param work what was done
 * @param beforeNanos the reading before
 * @param behindNanos the reading behind
 */
record Sample(int turn, Contender.Work work, double beforeNanos, double behindNanos) {
    /** Whether the machine was in one state, as far as the readings can tell. */
    boolean isSteady() {
        return PingPongStates.areAlike(beforeNanos, behindNanos);
    }

    double pingPongNanos() {
        return (beforeNanos + behindNanos) / 2;
    }

    double nanosEach() {
        return work.nanosEach();
    }
}
