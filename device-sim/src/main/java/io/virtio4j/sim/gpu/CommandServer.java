// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.wire.GpuResponse;
import org.jspecify.annotations.Nullable;

/**
 * Serves one queue: takes a command, does it, and gives it back when its service time has passed; only then the next.
 *
 * <p>So commands of a queue complete in order, each after all of its effects (VirtIO 1.2, 5.7.6.5 Device Requirements:
 * Device Operation: Command lifecycle and fencing), and the two queues do not hold each other up. Nothing here waits: a
 * command whose time has not come is left alone until the next call.
 */
final class CommandServer {
    private static final int NONE = -1;

    private final Commands commands;
    private final long serviceTimeNanos;
    private final Response response = new Response();
    private @Nullable DeviceQueue queue;
    private @Nullable Request request;

    /** The command that was done and not yet given back. */
    private int pendingId = NONE;

    private long pendingWrittenBytes;
    private long pendingSinceNanos;

    CommandServer(Commands commands, long serviceTimeNanos) {
        this.commands = commands;
        this.serviceTimeNanos = serviceTimeNanos;
    }

    /** Takes commands; returns how many. */
    int serve(DeviceQueue from) {
        queue = from;
        int taken = 0;
        // At most a queue's worth, so that a driver that never stops cannot keep the device from other work.
        while (pendingId == NONE && taken < from.config().size()) {
            int id = from.next();
            if (id < 0) {
                break;
            }
            taken++;
            if (serviceTimeNanos == 0) {
                from.complete(id, execute(from, from.chain(id)));
                from.flush();
            } else {
                pendingSinceNanos = System.nanoTime();
                pendingWrittenBytes = execute(from, from.chain(id));
                pendingId = id;
            }
        }
        return taken;
    }

    private long execute(DeviceQueue from, DescriptorChain chain) {
        Request current = request;
        if (current == null) {
            current = new Request(from, chain);
            request = current;
        } else {
            current.load(chain);
        }
        response.begin();
        int type = current.hasHeader() ? commands.execute(current, response) : GpuResponse.ERR_UNSPEC;
        return response.write(chain, current, type);
    }

    /** Gives the pending command back if its time has come; returns whether there was one. */
    boolean completeDue() {
        if (pendingId == NONE || queue == null) {
            return false;
        }
        if (System.nanoTime() - pendingSinceNanos >= serviceTimeNanos) {
            completePending(queue);
        }
        return true;
    }

    private void completePending(DeviceQueue from) {
        from.complete(pendingId, pendingWrittenBytes);
        from.flush();
        pendingId = NONE;
    }

    /** Lets go of the queue. A command that was done is given back at once: it must not be done a second time. */
    void stop() {
        if (pendingId != NONE && queue != null) {
            completePending(queue);
        }
        reset();
    }

    void reset() {
        pendingId = NONE;
        queue = null;
        request = null;
    }
}
