// SPDX-License-Identifier: Apache-2.0
/**
 * The guard as a list of small steps over the state of the CPUs, and the sequences in which production runs them. The explorer
 * of {@code io.virtio4j.preempt.explore} runs the same steps and stops between any two.
 */
package io.virtio4j.preempt.step;
