// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import java.util.concurrent.TimeUnit;

/**
 * How the frames are shown.
 *
 * @param fullFrames transfer the whole frame and not only what changed
 * @param cpus how many CPUs there are, the driver being the first
 * @param tickNanos from tick to tick of the timer
 * @param minimumNanos spin the wheel again and again for at least so long
 * @param audience who watches
 */
record RunOptions(boolean fullFrames, int cpus, long tickNanos, long minimumNanos, Audience audience) {
    static final RunOptions DEFAULT = new RunOptions(false, 2, TimeUnit.MILLISECONDS.toNanos(4), 0, Audience.NOBODY);

    RunOptions withFullFrames() {
        return new RunOptions(true, cpus, tickNanos, minimumNanos, audience);
    }
}
