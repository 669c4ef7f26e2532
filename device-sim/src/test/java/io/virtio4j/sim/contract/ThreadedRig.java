// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.DeviceSleep;
import io.virtio4j.sim.InProcessOptions;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.transport.Transport;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;

/** Two threads, of which each sleeps until the other notifies it: there is no other way to wake up. */
final class ThreadedRig implements ContractRig {
    private final SharedMemory memory;
    private final InProcessTransport transport;
    private final VirtioDevice device;

    ThreadedRig(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors) {
        this.device = device;
        this.memory = SharedMemory.allocate(memoryBytes, 0x10_0000);
        InProcessOptions sleeper = InProcessOptions.DEFAULTS.withSleep(DeviceSleep.AT_ONCE_UNBOUNDED);
        this.transport = InProcessTransport.start(device, GuestMemory.of(memory), sleeper, deviceErrors);
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public SharedMemory memory() {
        return memory;
    }

    @Override
    public void pause(long timeoutNanos) {
        LockSupport.parkNanos(this, timeoutNanos);
    }

    @Override
    public String state() {
        return device + ", status " + transport.status();
    }

    @Override
    public void close() {
        transport.close();
    }
}
