// SPDX-License-Identifier: Apache-2.0

/**
 * A device that a driver's test advances itself, one step at a time, on the test's own thread: the same seed gives the same
 * run, with completions out of order, late or never, and with notifications late, lost or twice.
 *
 * <p>Start at {@link io.virtio4j.sim.step.SteppedTransport}.
 */
package io.virtio4j.sim.step;
