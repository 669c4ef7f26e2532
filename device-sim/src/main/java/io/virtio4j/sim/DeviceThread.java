// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.DeviceSession;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The duty cycle of an in-process device: answer the driver's register writes, serve the queues.
 *
 * <p>Also the idle strategy of its own thread, since falling asleep is part of the protocol: ask for kicks, look a last
 * time, and only then park.
 */
final class DeviceThread implements Agent, IdleStrategy {
    private final DeviceRegisters registers;
    private final DeviceSession session;
    private final boolean sleeps;
    private final DeviceSleep sleep;
    private int idleSpins;
    private boolean died;
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;

    DeviceThread(DeviceRegisters registers, DeviceIdle idle, DeviceSleep sleep) {
        this.registers = registers;
        this.session = registers.session();
        this.sleeps = idle == DeviceIdle.NOTIFIED;
        this.sleep = sleep;
    }

    @Override
    public void onStart() {
        thread = Thread.currentThread();
    }

    /** {@return whether the calling thread is the one that serves the device} */
    boolean isCurrent() {
        return thread == Thread.currentThread();
    }

    /** Ends the thread's sleep, or keeps it from falling asleep once. Any thread. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** The thread is about to be told to end: from now on it does not sleep. Any thread. */
    void stopSleeping() {
        stopping = true;
        wake();
    }

    @Override
    public int doWork() {
        if (died) {
            // It died while the driver's thread waited, which has said so; here to end the agent.
            throw new AgentTerminationException("the device has died");
        }
        if (!isCurrent()) {
            // An agent that has been handed on is no longer that thread's to run.
            thread = Thread.currentThread();
        }
        try {
            return registers.answerRequests() + session.service();
        } catch (Error e) {
            // The device is in no state to go on; its driver is told that only a reset helps, which will fail at once.
            died = true;
            throw new AgentTerminationException(e);
        }
    }

    @Override
    public void onClose() {
        registers.stopped(died);
    }

    @Override
    public String roleName() {
        return "virtio4j-device";
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (!sleeps || idleSpins < sleep.spinsBeforeSleep()) {
            idleSpins++;
            Thread.onSpinWait();
        } else {
            if (session.enableNotifications() && !registers.isRequestPending() && !stopping) {
                park();
            }
            session.disableNotifications();
            idleSpins = 0;
        }
    }

    private void park() {
        if (sleep.maxSleepNanos() == DeviceSleep.UNBOUNDED) {
            LockSupport.park(this);
        } else {
            // Bounded, so that a kick lost on the way costs a moment and never the queue.
            LockSupport.parkNanos(this, sleep.maxSleepNanos());
        }
    }

    @Override
    public void reset() {
        idleSpins = 0;
    }
}
