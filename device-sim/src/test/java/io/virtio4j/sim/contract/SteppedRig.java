// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.step.NotificationPlan;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedTransport;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;

/** One thread: while the driver sleeps, the device makes a step. */
final class SteppedRig implements ContractRig {
    private static final long SEED = 77;
    private static final int MAX_DELAY_STEPS = 6;
    private static final long FOR_GOOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SharedMemory memory;
    private final SteppedTransport transport;

    SteppedRig(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors) {
        this(device, memoryBytes, deviceErrors, SEED);
    }

    SteppedRig(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors, long seed) {
        NotificationPlan late = NotificationPlan.PROMPT.withMaxDelaySteps(MAX_DELAY_STEPS);
        StepPlan plan = StepPlan.prompt(seed).withKicks(late).withCalls(late).withResetDelaySteps(3);
        memory = SharedMemory.allocate(memoryBytes, 0x10_0000);
        transport = SteppedTransport.of(device, GuestMemory.of(memory), plan, deviceErrors);
    }

    @Override
    public SteppedTransport transport() {
        return transport;
    }

    @Override
    public SharedMemory memory() {
        return memory;
    }

    @Override
    public void pause(long timeoutNanos) {
        if (transport.isQuiet() && timeoutNanos > FOR_GOOD_NANOS) {
            throw new AssertionError("the driver would sleep for ever: " + transport);
        }
        try {
            transport.step();
        } catch (DeviceDeath e) {
            // As asked for; a device with a thread of its own would lose that.
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
