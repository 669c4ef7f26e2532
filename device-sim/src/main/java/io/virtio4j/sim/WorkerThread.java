// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.QueueWorker;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

/** The duty cycle of a thread that serves some of the queues of an in-process device, and nothing else. */
final class WorkerThread implements Agent, KickSleep.Sleeper {
    private final String name;
    private final QueueWorker worker;
    private final KickSleep sleep;

    WorkerThread(String name, QueueWorker worker, DeviceIdle idle, DeviceSleep sleep) {
        this.name = name;
        this.worker = worker;
        this.sleep = new KickSleep(this, idle == DeviceIdle.NOTIFIED, sleep);
    }

    /** How its thread idles and is woken. */
    KickSleep sleep() {
        return sleep;
    }

    @Override
    public void onStart() {
        sleep.takeThread();
    }

    @Override
    public int doWork() {
        if (sleep.isStopping()) {
            // Also when nobody has come to close it: the device's own thread has ended, and this one must not outlive
            // it.
            throw new AgentTerminationException("the device has ended");
        }
        return worker.service();
    }

    @Override
    public void onClose() {
        if (sleep.isStopping()) {
            worker.end();
        } else {
            // A store, or whatever else it called, has left it interrupted: a runner of agents ends then.
            worker.end(new Error(name + " was interrupted and has ended"));
        }
    }

    @Override
    public String roleName() {
        return name;
    }

    @Override
    public boolean enableNotifications() {
        return worker.enableNotifications();
    }

    @Override
    public void disableNotifications() {
        worker.disableNotifications();
    }
}
