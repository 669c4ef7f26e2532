// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Serves some of a session's queues on a thread of its own; made by {@link DeviceSession#handOver}.
 *
 * <pre>
 *   session's thread                                this worker's thread
 *   orders: serve these queues --- release/acquire ---&gt; at the start of a turn: take them
 *   report read, queue is free &lt;--- release/acquire --- report: these orders are taken
 * </pre>
 *
 * <p>The queues of the orders that it took last are the worker's; any other is the session's as soon as the report says that
 * the orders without it are taken. Nobody stops for anybody: a worker looks at its orders once a turn, with one opaque load,
 * and the session goes on with other things until it has the report.
 *
 * <p>One thread calls {@link #service()}, {@link #enableNotifications()}, {@link #disableNotifications()} and an {@code end}.
 * None of them throws: what the device throws is reported to the session, and so is a queue that its driver broke; the worker
 * serves nothing from then on, until the session has taken note and given new orders.
 */
public final class QueueWorker {
    private static final DeviceQueue[] NO_QUEUES = {};

    private final int number;
    private final VirtioDevice device;
    private final boolean polls;
    private final Runnable wakeSession;

    /** Written by the session's thread only. */
    private final Handover<Orders> orders = new Handover<>(Orders.NONE);

    /** Written by this worker's thread only. */
    private final Handover<Report> report = new Handover<>(new Report(Orders.NONE, null, false));

    // The worker's own, from here on.
    private Orders taken = Orders.NONE;
    private DeviceQueue[] serving = NO_QUEUES;
    private @Nullable Failure failure;

    QueueWorker(int number, VirtioDevice device, boolean polls, Runnable wakeSession) {
        this.number = number;
        this.device = device;
        this.polls = polls;
        this.wakeSession = wakeSession;
    }

    static List<QueueWorker> create(VirtioDevice device, int count, boolean polls, Runnable wakeSession) {
        if (count < 1 || !device.servesQueuesConcurrently()) {
            throw new IllegalArgumentException("the queues of device type " + device.deviceId() + ", a "
                    + device.getClass().getName() + ", cannot be served by " + count + " threads beside its own");
        }
        return IntStream.range(0, count)
                .mapToObj(number -> new QueueWorker(number, device, polls, wakeSession))
                .toList();
    }

    /** What the session wants; compared by identity. */
    static final class Orders {
        static final Orders NONE = new Orders(NO_QUEUES, null);

        private final DeviceQueue[] queues;
        private final @Nullable Failure noted;

        /**
         * Makes orders.
         *
         * @param queues what to serve; not changed afterwards
         * @param noted the worker's last failure that the session knows of
         */
        Orders(DeviceQueue[] queues, @Nullable Failure noted) {
            this.queues = queues;
            this.noted = noted;
        }

        boolean isOf(DeviceQueue[] others, @Nullable Failure lastNoted) {
            return Arrays.equals(queues, others) && noted == lastNoted;
        }
    }

    /** Why a worker serves nothing; compared by identity. */
    static final class Failure {
        private final @Nullable Throwable cause;

        private Failure(@Nullable Throwable cause) {
            this.cause = cause;
        }

        /** What the device threw; null if a queue is broken, which has told the error handler itself. */
        @Nullable
        Throwable cause() {
            return cause;
        }
    }

    /**
     * How far a worker is.
     *
     * @param taken the last orders that it took
     * @param failure its last failure
     * @param ended whether its thread has ended, and serves nothing any more
     */
    private record Report(Orders taken, @Nullable Failure failure, boolean ended) {}

    // --- the worker's thread -----------------------------------------------------------------------------------

    /**
     * Serves the worker's queues once.
     *
     * @return how much was done; 0 lets the thread idle
     */
    public int service() {
        int work = 0;
        if (!orders.isStill(taken)) {
            takeOrders();
            work++;
        }
        try {
            for (DeviceQueue queue : serving) {
                work += serve(device, queue);
                if (queue.isBroken()) {
                    fail(new Failure(null));
                    return work;
                }
            }
        } catch (RuntimeException | Error e) {
            fail(new Failure(e));
        }
        return work;
    }

    /** One turn of one queue, on whichever thread serves it. Nothing more is done for a queue that turns out broken. */
    static int serve(VirtioDevice device, DeviceQueue queue) {
        int work = device.onQueue(queue);
        return queue.isBroken() ? work : work + device.doQueueWork(queue);
    }

    private void takeOrders() {
        taken = orders.take();
        // A failure that the session does not know of yet must not be followed by another, which would hide it.
        serving = failure == taken.noted ? taken.queues : NO_QUEUES;
        if (polls) {
            disableNotifications();
        }
        tellSession(false);
    }

    private void fail(Failure newFailure) {
        failure = newFailure;
        serving = NO_QUEUES;
        tellSession(false);
    }

    private void tellSession(boolean ended) {
        report.set(new Report(taken, failure, ended));
        wakeSession.run();
    }

    /**
     * Asks the driver to kick, on every queue of the worker's.
     *
     * @return true if no queue had anything and there are no new orders, so that the thread may sleep until kicked
     */
    public boolean enableNotifications() {
        boolean quiet = true;
        try {
            for (DeviceQueue queue : serving) {
                quiet &= queue.enableNotifications();
            }
        } catch (RuntimeException | Error e) {
            fail(new Failure(e));
        }
        return quiet && orders.isStill(taken);
    }

    /** Asks the driver not to kick, on every queue of the worker's. */
    public void disableNotifications() {
        try {
            for (DeviceQueue queue : serving) {
                queue.disableNotifications();
            }
        } catch (RuntimeException | Error e) {
            fail(new Failure(e));
        }
    }

    /** The worker's thread ends, as it was told to: nothing is served any more, and no queue is the worker's. */
    public void end() {
        serving = NO_QUEUES;
        tellSession(true);
    }

    /**
     * The worker's thread ends though nobody told it to. Its queues would be served by nobody from here on, so this ends the
     * device: the session's {@link DeviceSession#service()} throws the reason.
     *
     * @param why what ended it
     */
    public void end(Error why) {
        failure = new Failure(why);
        end();
    }

    // --- the session's thread ----------------------------------------------------------------------------------

    void order(Orders newOrders) {
        orders.set(newOrders);
    }

    /** Whether it serves, until others are given, no queue but those of these orders; or none, because its thread has ended. */
    boolean hasTaken(Orders given) {
        Report last = report.take();
        return last.ended || last.taken == given;
    }

    /** Its last failure; null if there was none. */
    @Nullable
    Failure failure() {
        return report.take().failure;
    }

    @Override
    public String toString() {
        return "worker " + number;
    }
}
