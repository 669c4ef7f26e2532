// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.outsider;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.sim.contract.ContractRig;
import io.virtio4j.sim.contract.QueueContract;
import org.agrona.ErrorHandler;

/** {@link QueueContract}, run from another package as a transport's author does. */
final class OwnQueueContractTest extends QueueContract {
    @Override
    protected ContractRig open(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors) {
        return new OwnRig(device, memoryBytes, deviceErrors);
    }
}
