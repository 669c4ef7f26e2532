// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

/** A speed that rises from 0 to 1 or falls from 1 to 0 without a jerk: neither the speed nor its change has a step. */
final class Ramp {

    private Ramp() {}

    /** How far one has come at a time from the start of a rise that lasts {@code span}, and then goes on at speed 1. */
    static double rise(double time, double span) {
        if (time >= span) {
            return time - span / 2;
        }
        double part = time / span;
        return span * part * part * part * (1 - part / 2);
    }

    /** How far one has come at a time from the start of a fall that lasts {@code span}: half of it at its end. */
    static double fall(double time, double span) {
        double part = Math.max(0, Math.min(1, time / span));
        return span * (part - part * part * part * (1 - part / 2));
    }
}
