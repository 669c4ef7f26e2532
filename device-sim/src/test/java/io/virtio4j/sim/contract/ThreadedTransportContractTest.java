// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.device.VirtioDevice;
import org.agrona.ErrorHandler;

/** {@link TransportContract} over a device on a thread of its own. */
final class ThreadedTransportContractTest extends TransportContract {
    @Override
    protected ContractRig open(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors) {
        return new ThreadedRig(device, memoryBytes, deviceErrors);
    }
}
