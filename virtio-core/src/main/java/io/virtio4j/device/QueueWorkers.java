// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.device.QueueWorker.Failure;
import io.virtio4j.device.QueueWorker.Orders;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one session, as the session sees them: what each was told last, and what each reported. None, where the
 * session's own thread serves the queues; then every queue is the session's at any time.
 *
 * <p>Queue i is served by worker i modulo their number. One thread, the session's.
 */
final class QueueWorkers {
    /** The session's own thread serves. */
    static final QueueWorkers NONE = new QueueWorkers(List.of(), worker -> {});

    /** Less than a driver waits for the answer to a reset, together with what the device itself may take for it. */
    private static final long LET_GO_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final QueueWorker[] workers;
    private final IntConsumer wake;
    private final Orders[] given;
    private final @Nullable Failure[] noted;

    /** @param wake wakes a worker's thread, by the worker's number */
    QueueWorkers(List<QueueWorker> workers, IntConsumer wake) {
        this.workers = workers.toArray(QueueWorker[]::new);
        this.wake = wake;
        this.given = new Orders[this.workers.length];
        Arrays.fill(given, Orders.NONE);
        this.noted = new Failure[this.workers.length];
    }

    boolean isEmpty() {
        return workers.length == 0;
    }

    /** Has these queues served and no others, from each worker's next turn on. Workers whose queues stay as they are go on. */
    void order(DeviceQueue[] served) {
        for (int i = 0; i < workers.length; i++) {
            int number = i;
            DeviceQueue[] its = Arrays.stream(served)
                    .filter(queue -> numberOf(queue.config().index()) == number)
                    .toArray(DeviceQueue[]::new);
            if (!given[i].isOf(its, noted[i])) {
                given[i] = new Orders(its, noted[i]);
                workers[i].order(given[i]);
                wake.accept(i);
            }
        }
    }

    private int numberOf(int queueIndex) {
        return queueIndex % workers.length;
    }

    /** Whether no worker uses a queue that the orders do not name any more. */
    boolean hasLetGoOf(int queueIndex) {
        return isEmpty() || hasTakenOrders(numberOf(queueIndex));
    }

    private boolean hasTakenOrders(int number) {
        return workers[number].hasTaken(given[number]);
    }

    /**
     * Has all queues let go of, and waits for that.
     *
     * @throws ResetIncompleteException if a worker does not come back within 2 seconds; it serves nothing when it does
     */
    void takeBackAll() {
        order(new DeviceQueue[0]);
        long deadlineNanos = System.nanoTime() + LET_GO_NANOS;
        for (int i = 0; i < workers.length; i++) {
            while (!hasTakenOrders(i)) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new ResetIncompleteException(workers[i] + " of " + workers.length
                            + " has not come back from the device "
                            + TimeUnit.NANOSECONDS.toMillis(LET_GO_NANOS)
                            + " ms after a reset, and may still use the driver's memory");
                }
                LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
            }
        }
    }

    /** {@return what went wrong in one of the workers, each failure once; null if there is nothing new} */
    @Nullable
    Failure nextFailure() {
        for (int i = 0; i < workers.length; i++) {
            Failure failure = workers[i].failure();
            if (failure != null && failure != noted[i]) {
                noted[i] = failure;
                return failure;
            }
        }
        return null;
    }
}
