// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.device.VirtioDevice;
import org.agrona.ErrorHandler;

/** {@link QueueContract} over a device on a thread of its own. */
final class ThreadedQueueContractTest extends QueueContract {
    @Override
    protected ContractRig open(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors) {
        return new ThreadedRig(device, memoryBytes, deviceErrors);
    }
}
