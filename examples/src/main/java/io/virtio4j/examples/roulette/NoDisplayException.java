// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import org.jspecify.annotations.Nullable;

/** There is nothing to open a window on; the message says why. */
final class NoDisplayException extends Exception {
    private static final long serialVersionUID = 1L;

    NoDisplayException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
