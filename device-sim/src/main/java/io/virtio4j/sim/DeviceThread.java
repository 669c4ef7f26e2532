// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.DeviceSession;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

/**
 * The duty cycle of an in-process device: answer the driver's register writes, serve the queues that no
 * {@link WorkerThread} serves.
 */
final class DeviceThread implements Agent, KickSleep.Sleeper {
    private final String name;
    private final DeviceRegisters registers;
    private final DeviceSession session;
    private final KickSleep sleep;
    private final Runnable onEnd;
    private boolean died;

    /**
     * Makes the cycle.
     *
     * @param sleeps whether the thread ever sleeps
     * @param onEnd run at the end of the thread, before the driver learns of it
     */
    DeviceThread(String name, DeviceRegisters registers, boolean sleeps, DeviceSleep sleep, Runnable onEnd) {
        this.name = name;
        this.registers = registers;
        this.session = registers.session();
        this.sleep = new KickSleep(this, sleeps, sleep);
        this.onEnd = onEnd;
    }

    /** How its thread idles and is woken. */
    KickSleep sleep() {
        return sleep;
    }

    @Override
    public void onStart() {
        sleep.takeThread();
    }

    /** {@return whether the calling thread is the one that serves the device} */
    boolean isCurrent() {
        return sleep.isCurrent();
    }

    /** Ends the thread's sleep, or keeps it from falling asleep once. Any thread. */
    void wake() {
        sleep.wake();
    }

    @Override
    public int doWork() {
        if (died) {
            // It died while the driver's thread waited, which has said so; here to end the agent.
            throw new AgentTerminationException("the device has died");
        }
        if (!isCurrent()) {
            // An agent that has been handed on is no longer that thread's to run.
            sleep.takeThread();
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
        onEnd.run();
        registers.stopped(died);
    }

    @Override
    public String roleName() {
        return name;
    }

    @Override
    public boolean enableNotifications() {
        return session.enableNotifications() && !registers.isRequestPending();
    }

    @Override
    public void disableNotifications() {
        session.disableNotifications();
    }
}
