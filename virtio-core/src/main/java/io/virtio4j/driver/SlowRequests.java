// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

/**
 * {@link SlowRequestEvent}, on the class path of a runtime that was put together without Flight Recorder too: nothing is ever
 * slow there. (On the module path the core requires it.)
 */
final class SlowRequests {
    private static final boolean RECORDER_PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private SlowRequests() {}

    /** {@return the clock if a recording asks for slow requests, never 0 then; else 0} */
    static long startNanos() {
        return RECORDER_PRESENT ? SlowRequestEvent.startNanos() : 0;
    }

    /** Records a chain if it was slow; see {@link SlowRequestEvent#used}. */
    static void used(int queueIndex, long token, long startNanos, long writtenBytes, int inFlight) {
        SlowRequestEvent.used(queueIndex, token, startNanos, writtenBytes, inFlight);
    }
}
