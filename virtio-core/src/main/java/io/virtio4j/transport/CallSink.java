// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.transport;

/** Receives used-buffer notifications. VirtIO 1.2, 2.3 Notifications. */
@FunctionalInterface
public interface CallSink {
    /** For a driver that only polls. */
    CallSink NONE = queueIndex -> {};

    /**
     * Tells the driver to look at a queue. Called on the device's thread that serves the queue, so that a sink of several
     * queues may be called by several threads at once; must return at once: it sets a flag or unparks a thread, and does no
     * work.
     *
     * @param queueIndex which queue has used buffers
     */
    void call(int queueIndex);
}
