// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.vhostuser.os.EventFd;
import java.util.ArrayList;
import java.util.List;

/**
 * A queue as the front-end knows it: where it lies, and the counters by which the two sides wake each other. There is always one
 * for calls, even if nobody listens: qemu-storage-daemon 7.2 closes a connection without.
 */
final class FrontQueue implements AutoCloseable {
    private final QueueConfig config;
    private final CallSink callSink;
    private final List<EventFd> counters = new ArrayList<>();

    FrontQueue(QueueConfig config, CallSink callSink) {
        this.config = config;
        this.callSink = callSink;
        try {
            for (int i = 0; i < 3; i++) {
                counters.add(EventFd.create());
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    QueueConfig config() {
        return config;
    }

    int index() {
        return config.index();
    }

    EventFd kick() {
        return counters.get(0);
    }

    EventFd call() {
        return counters.get(1);
    }

    /** The device raises it when it cannot follow the ring any more. */
    EventFd err() {
        return counters.get(2);
    }

    /** {@return whether calls are listened to} */
    boolean isCalled() {
        return callSink != CallSink.NONE;
    }

    void passCallOn() {
        if (call().take()) {
            callSink.call(index());
        }
    }

    @Override
    public void close() {
        counters.forEach(EventFd::close);
    }
}
