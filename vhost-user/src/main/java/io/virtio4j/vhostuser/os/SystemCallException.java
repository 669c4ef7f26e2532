// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A system call failed. */
public final class SystemCallException extends UncheckedIOException {
    private static final long serialVersionUID = 1L;

    private final String text;
    private final int errno;

    private SystemCallException(String message, int errno) {
        super(message, new IOException(message));
        this.text = message;
        this.errno = errno;
    }

    /** {@return what to throw: this thread's last call has failed} */
    static SystemCallException of(String call) {
        return of(call, SystemCalls.errno());
    }

    static SystemCallException of(String call, int errno) {
        return new SystemCallException(call + ": " + Errno.name(errno), errno);
    }

    /** {@return the call, what it was for, and the name of the error} */
    @Override
    public String getMessage() {
        return text;
    }

    /** {@return the number of the error} */
    public int errno() {
        return errno;
    }
}
