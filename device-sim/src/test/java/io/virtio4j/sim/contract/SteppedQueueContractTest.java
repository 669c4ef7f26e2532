// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.device.VirtioDevice;
import org.agrona.ErrorHandler;

/** {@link QueueContract} over a device that the test's own thread advances. */
final class SteppedQueueContractTest extends QueueContract {
    @Override
    protected ContractRig open(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors) {
        return new SteppedRig(device, memoryBytes, deviceErrors);
    }
}
