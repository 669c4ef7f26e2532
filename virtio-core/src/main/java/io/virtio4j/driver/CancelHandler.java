// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

/** Receives back, after a reset, what the device never used. Called on the queue's thread. */
@FunctionalInterface
public interface CancelHandler {
    /**
     * Takes one cancelled buffer. Whether the device acted on it is unknown.
     *
     * @param token what was given with the chain
     */
    void onCancelled(long token);
}
