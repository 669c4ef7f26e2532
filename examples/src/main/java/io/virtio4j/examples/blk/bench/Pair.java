// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.examples.measure.PingPongStates;
import java.util.stream.DoubleStream;

/**
 * A slice of each side, one right after the other, with a ping-pong reading before, between and behind them.
 *
 * @param device what the device did
 * @param plain what the plain copy did
 * @param beforeNanos the reading before the first of them
 * @param betweenNanos between them
 * @param behindNanos behind the second
 */
record Pair(Slice device, Slice plain, double beforeNanos, double betweenNanos, double behindNanos) {
    /** How much longer a request took than a copy. */
    double ratio() {
        return device.nanosEach() / plain.nanosEach();
    }

    double pingPongNanos() {
        return DoubleStream.of(beforeNanos, betweenNanos, behindNanos).average().orElseThrow();
    }

    /** Whether the machine was in one state during each of the slices, as far as the readings can tell. */
    boolean isSteady() {
        return PingPongStates.areAlike(beforeNanos, betweenNanos) && PingPongStates.areAlike(betweenNanos, behindNanos);
    }
}
