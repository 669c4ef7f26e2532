// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

/** Where the time of all frames went, in nanoseconds, part by part. */
final class FrameTimes {
    long drawNanos;
    long framePathNanos;
    long checkNanos;
    long copyNanos;
    long encodeNanos;
}
