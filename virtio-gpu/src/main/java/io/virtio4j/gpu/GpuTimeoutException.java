// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuCommand;
import java.util.concurrent.TimeUnit;

/**
 * The device did not answer in time. Whether the command was or will be done is unknown; its buffers stay with the device
 * until it answers after all, or until the driver is closed.
 */
public final class GpuTimeoutException extends GpuException {
    private static final long serialVersionUID = 1L;

    /** See {@link GpuCommand}. */
    private final int command;

    GpuTimeoutException(int command, long waitedNanos) {
        super("no answer to " + GpuCommand.nameOf(command) + " after " + TimeUnit.NANOSECONDS.toMillis(waitedNanos)
                + " ms");
        this.command = command;
    }

    /** {@return the type of the request, see {@link GpuCommand}} */
    public int command() {
        return command;
    }
}
