// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import io.virtio4j.device.DescriptorChain;

/** What a {@link SteppedDevice} does with a request. Called when the request is about to be completed, not before. */
@FunctionalInterface
public interface ChainHandler {
    /** An answer: this chain is never completed. The device owns it until it is reset. */
    long NEVER = -1;

    /**
     * Does a request: reads the readable bytes, writes the writable ones.
     *
     * @param queueIndex which queue it came from
     * @param chain the request
     * @return how many bytes were written, counted from the first writable one, or {@link #NEVER}
     */
    long answer(int queueIndex, DescriptorChain chain);
}
