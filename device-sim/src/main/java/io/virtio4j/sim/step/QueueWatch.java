// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import io.virtio4j.device.DeviceQueue;

/**
 * Whether a stepped device looks at a queue, or waits for a kick.
 *
 * <pre>
 *   LOOKING --nothing there--&gt; ARMING --asked for kicks, still nothing--&gt; ASLEEP
 *      ^                          |                                        |
 *      +-----something came-------+                                        |
 *      +---------------------------------kick------------------------------+
 * </pre>
 *
 * <p>Finding nothing and asking for kicks are two steps, so that a driver gets in between, as it does on another processor.
 */
final class QueueWatch {
    private enum State {
        LOOKING,
        ARMING,
        ASLEEP
    }

    private final DeviceQueue queue;
    private State state = State.LOOKING;

    QueueWatch(DeviceQueue queue) {
        this.queue = queue;
    }

    int index() {
        return queue.config().index();
    }

    /** Whether it watches this queue, and not one that was set up with its index before. */
    boolean isOf(DeviceQueue other) {
        return queue == other;
    }

    boolean isAsleep() {
        return state == State.ASLEEP;
    }

    boolean isLooking() {
        return state == State.LOOKING;
    }

    void looked(int work) {
        if (work == 0) {
            state = State.ARMING;
        }
    }

    void arm() {
        if (queue.enableNotifications()) {
            state = State.ASLEEP;
        } else {
            kicked();
        }
    }

    void kicked() {
        if (state != State.LOOKING) {
            queue.disableNotifications();
            state = State.LOOKING;
        }
    }

    @Override
    public String toString() {
        return "queue " + index() + " " + state + ", " + queue.inFlight() + " chains taken";
    }
}
