// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuResponse;

/** The device answered a command with an error code, and did nothing. Device and driver work on. */
public final class GpuCommandException extends GpuException {
    private static final long serialVersionUID = 1L;

    /** See {@link GpuCommand}. */
    private final int command;

    /** See {@link GpuResponse}. */
    private final int code;

    GpuCommandException(int command, int code) {
        super("the device answered " + GpuCommand.nameOf(command) + " with " + GpuResponse.nameOf(code));
        this.command = command;
        this.code = code;
    }

    /** {@return the type of the request, see {@link GpuCommand}} */
    public int command() {
        return command;
    }

    /** {@return the error code, see {@link GpuResponse}} */
    public int code() {
        return code;
    }
}
