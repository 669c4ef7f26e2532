// SPDX-License-Identifier: Apache-2.0
/**
 * An exhaustive explorer of interleavings: CPUs, tasks and interrupts over the real steps of the guard, for the default and for
 * the variants that look right and are not.
 */
package io.virtio4j.preempt.explore;
