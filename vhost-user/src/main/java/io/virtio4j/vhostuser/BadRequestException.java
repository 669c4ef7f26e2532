// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

/** A request that reads well asks for what cannot be. Told to whoever sent it, if it wants an answer, or ends its connection. */
final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadRequestException(String message) {
        super(message);
    }

    BadRequestException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
