// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

/**
 * How long everything takes.
 *
 * @param repetitions slices of each contender
 * @param sliceNanos how long one is
 * @param warmUpNanos how long each works before anything counts
 */
record Timing(int repetitions, long sliceNanos, long warmUpNanos) {}
