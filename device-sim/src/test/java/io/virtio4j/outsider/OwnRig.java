// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.outsider;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.contract.ContractRig;
import io.virtio4j.sim.contract.DeviceDeath;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedTransport;
import io.virtio4j.transport.Transport;
import org.agrona.ErrorHandler;

/** A transport's author's own rig, made of what the suites' package shows to other packages. */
final class OwnRig implements ContractRig {
    private static final int GUEST_ADDRESS = 0x20_0000;

    private final SharedMemory memory;
    private final SteppedTransport transport;

    OwnRig(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors) {
        memory = SharedMemory.allocate(memoryBytes, GUEST_ADDRESS);
        transport = SteppedTransport.of(device, GuestMemory.of(memory), StepPlan.prompt(1), deviceErrors);
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
        try {
            transport.step();
        } catch (DeviceDeath e) {
            // What the suite asked for: the transport shows it from here on.
        }
    }

    @Override
    public String state() {
        return transport.toString();
    }

    @Override
    public void close() {
        transport.close();
    }
}
