// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.QueueWorker;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.transport.TransportException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;

/**
 * The threads of an in-process device: the one that answers its registers, and workers where it does not serve the queues
 * itself. The driver's thread makes, starts and closes them.
 */
final class ServingThreads {
    private static final int CLOSE_TIMEOUT_MILLIS = 5_000;
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final VirtioDevice device;
    private final DeviceThread deviceThread;
    private final List<WorkerThread> workers = new ArrayList<>();
    private final List<AgentRunner> runners = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Makes them; none runs yet.
     *
     * @throws IllegalArgumentException if the device's queues cannot be served by so many
     */
    ServingThreads(
            VirtioDevice device, DeviceRegisters registers, InProcessOptions options, ErrorHandler errorHandler) {
        this.device = device;
        boolean handedOver = options.workers() > 1;
        // A thread that only answers registers has nothing to gain from spinning.
        boolean sleeps = handedOver || options.idle() == DeviceIdle.NOTIFIED;
        this.deviceThread = new DeviceThread(
                "virtio4j-device-" + device.deviceId(), registers, sleeps, options.sleep(), this::stopWorkers);
        runners.add(new AgentRunner(deviceThread.sleep(), errorHandler, null, deviceThread));
        if (handedOver) {
            addWorkers(registers, options, errorHandler);
        }
    }

    private void addWorkers(DeviceRegisters registers, InProcessOptions options, ErrorHandler errorHandler) {
        // One without a queue would have nothing to do.
        int count = Math.max(1, Math.min(options.workers(), device.queueCount()));
        List<QueueWorker> handedOver = registers
                .session()
                .handOver(
                        count,
                        options.idle() == DeviceIdle.SPIN,
                        number -> workers.get(number).sleep().wake(),
                        deviceThread::wake);
        for (QueueWorker worker : handedOver) {
            WorkerThread thread = new WorkerThread(
                    deviceThread.roleName() + "-worker-" + workers.size(), worker, options.idle(), options.sleep());
            workers.add(thread);
            runners.add(new AgentRunner(thread.sleep(), error -> tell(error, errorHandler), null, thread));
        }
    }

    /** The end of a worker is no error: if it has a reason, the device's own thread tells of that. */
    private static void tell(Throwable error, ErrorHandler errorHandler) {
        if (!(error instanceof AgentTerminationException)) {
            errorHandler.onError(error);
        }
    }

    DeviceThread deviceThread() {
        return deviceThread;
    }

    /** What a kick of a queue wakes. */
    KickSleep servingQueue(int queueIndex) {
        return workers.isEmpty()
                ? deviceThread.sleep()
                : workers.get(queueIndex % workers.size()).sleep();
    }

    /** Gives the device its ways to wake them. */
    void attach() {
        device.attach(deviceThread::wake);
        if (!workers.isEmpty()) {
            device.attachQueues(queueIndex -> servingQueue(queueIndex).wake());
        }
    }

    void start() {
        for (AgentRunner runner : runners) {
            // Its name is the agent's role.
            threads.add(AgentRunner.startOnThread(runner, runnable -> {
                Thread thread = new Thread(runnable);
                // A driver that forgets to close its device must not keep the process alive.
                thread.setDaemon(true);
                return thread;
            }));
        }
    }

    private void stopWorkers() {
        workers.forEach(worker -> worker.sleep().stopSleeping());
    }

    /**
     * Ends them, those that serve first told and then waited for.
     *
     * @throws TransportException if one does not end within 5 seconds; it ends when it comes back
     */
    void close() {
        stopWorkers();
        deviceThread.sleep().stopSleeping();
        boolean interrupted = false;
        try {
            for (AgentRunner runner : runners) {
                // Where its caller is interrupted a runner does not wait, and the threads would be left behind.
                interrupted |= Thread.interrupted();
                runner.close(CLOSE_TIMEOUT_MILLIS, ServingThreads::giveUp);
            }
            for (Thread thread : threads) {
                // A runner is closed as soon as its agent is, which its thread outlives by a moment.
                interrupted |= Thread.interrupted();
                awaitEnd(thread);
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The runner gives up on a thread: it has waited long enough, or was interrupted. */
    private static void giveUp(Thread thread) {
        if (!Thread.interrupted()) {
            reportStuck(thread);
        }
        try {
            awaitEnd(thread);
        } finally {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitEnd(Thread thread) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_TIMEOUT_MILLIS);
        boolean interrupted = false;
        while (thread.isAlive()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                reportStuck(thread);
            }
            LockSupport.parkNanos(thread, LOOK_AGAIN_NANOS);
            // Another interrupt would keep it from sleeping.
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void reportStuck(Thread stuck) {
        throw new TransportException(stuck.getName() + " did not end within " + CLOSE_TIMEOUT_MILLIS + " ms, at "
                + (stuck.getStackTrace().length > 0 ? stuck.getStackTrace()[0] : "an unknown place"));
    }
}
