// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import java.io.IOException;

/** One job's work on one side, the device's or the plain copy's. Used by the job's thread only. */
@FunctionalInterface
interface Load {
    /**
     * Works until then.
     *
     * @param deadlineNanos by {@link System#nanoTime()}; nothing is begun afterwards
     * @return how many requests, or copies, ended
     * @throws IOException if a file cannot be used
     */
    long run(long deadlineNanos) throws IOException;
}
