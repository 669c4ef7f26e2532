// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

/** Receives the outcome of submitted requests. Called on the driver's thread, inside {@code poll}, {@code await} or {@code close}. */
@FunctionalInterface
public interface RngHandler {
    /**
     * Takes one outcome. It may submit to the same device, except out of {@code close}.
     *
     * @param token what was given with the request
     * @param outcome how many bytes at the start of the buffer are random, from 1 to what was asked for; or
     *     {@link RngDevice#NO_BYTES}, {@link RngDevice#TIMED_OUT} or {@link RngDevice#CANCELLED}, none of which is positive
     */
    void onCompleted(long token, long outcome);
}
