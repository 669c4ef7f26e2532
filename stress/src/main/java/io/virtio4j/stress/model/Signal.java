// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

/**
 * The word of {@code UsedBufferSignal}, on which a driver sleeps: both sides change it by read-modify-write only. No fence and
 * no ring: its steps are not recorded but written here.
 */
final class Signal {
    private static final String WORD = "signal";
    private static final int QUIET = 0;
    private static final int CALLED = 1;
    private static final int PARKED = 2;

    private Signal() {}

    static ThreadScript call(ThreadScript device) {
        return device.swaps(WORD, null, CALLED);
    }

    static ThreadScript takeCalls(ThreadScript driver) {
        return driver.swaps(WORD, null, QUIET);
    }

    /** The driver parks unless it was called in between; nobody calls again. */
    static Scenario park(Scenario scenario) {
        scenario.thread("driver").swaps(WORD, found -> found == QUIET, PARKED);
        return scenario.initially(WORD, CALLED)
                .must(end -> end.holds(WORD) == PARKED ? "the driver sleeps, and the call has been made" : null);
    }
}
