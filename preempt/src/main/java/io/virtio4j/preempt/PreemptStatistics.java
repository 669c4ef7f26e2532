// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

/**
 * What a {@link CpuSet} has counted since it was booted, over all its CPUs.
 *
 * @param cpus how many CPUs
 * @param ticks timer interrupts taken; those that came while one was raised already are not taken twice
 * @param deferred requests to reschedule that found a guard in progress, and so waited for its release
 * @param callbacks times that the reschedule callback began
 * @param maxDepth the deepest that guards were nested on any CPU
 * @param lost requests after which no callback began on their CPU. What is still on its way counts too: read it when all is
 *     quiet, see {@link CpuSet#awaitQuiet}. With {@link PreemptPolicy#GLOBAL_PENDING} it can be less than what was lost: a
 *     callback that another request earned serves all that its CPU has counted
 */
public record PreemptStatistics(int cpus, long ticks, long deferred, long callbacks, int maxDepth, long lost) {}
