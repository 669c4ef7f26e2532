// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

/** Receives the outcome of submitted requests. Called on the driver's thread, inside {@code poll}, {@code await} or {@code close}. */
@FunctionalInterface
public interface BlkHandler {
    /**
     * Takes one outcome. It may submit to the same device, except out of {@code close}.
     *
     * @param token what was given with the request
     * @param status the device's answer, see {@code BlkStatus}: 0 is done, anything else is not; or
     *     {@link BlkDevice#TIMED_OUT} or {@link BlkDevice#CANCELLED}, which are negative
     */
    void onCompleted(long token, int status);
}
