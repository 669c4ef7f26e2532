// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

/** Receives what the device has used. Called on the queue's thread, inside {@code poll}. */
@FunctionalInterface
public interface UsedHandler {
    /**
     * Takes one used buffer. Its descriptors are free again when this is called, so the handler may offer to the same
     * queue.
     *
     * @param token what was given with the chain
     * @param writtenBytes how many bytes the device says it wrote, never more than the chain's writable bytes
     */
    void onUsed(long token, long writtenBytes);
}
