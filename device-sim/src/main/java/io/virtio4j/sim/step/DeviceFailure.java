// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

/** What the error handler of a {@link SteppedTransport} is told of a failure that the test asked for. */
public final class DeviceFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeviceFailure(String reason) {
        super(reason);
    }
}
