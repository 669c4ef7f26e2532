// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

/** The work could not be done: the message, one sentence, is all that the user needs. Exit status 1. */
public final class WorkFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Reports a failure.
     *
     * @param message one sentence: what failed, and what to do next
     */
    public WorkFailedException(String message) {
        super(message);
    }

    /**
     * Reports a failure that something else caused.
     *
     * @param message one sentence: what failed, and what to do next
     * @param cause why
     */
    public WorkFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
