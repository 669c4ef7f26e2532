// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

/**
 * Tells an error handler what the other side did to break a queue. It is passed, never thrown: calls on a broken queue
 * answer with a status until the device is reset.
 */
public final class BrokenQueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Which queue. */
    private final int queueIndex;

    /**
     * Makes a report.
     *
     * @param queueIndex which queue of the device
     * @param reason what was found, with the values
     */
    public BrokenQueueException(int queueIndex, String reason) {
        super("queue " + queueIndex + " is broken: " + reason);
        this.queueIndex = queueIndex;
    }

    /** {@return which queue of the device} */
    public int queueIndex() {
        return queueIndex;
    }
}
