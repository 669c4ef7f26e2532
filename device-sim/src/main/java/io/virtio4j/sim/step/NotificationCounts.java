// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

/**
 * What became of the notifications of one kind so far. What a reset took away was sent and is in none of the other counts.
 *
 * @param sent how many the driver (kicks) or the device (calls) sent
 * @param lost how many of them never arrive
 * @param extra how many were added
 * @param delivered how many arrived
 */
public record NotificationCounts(long sent, long lost, long extra, long delivered) {}
