// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.outsider;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.sim.contract.ContractRig;
import io.virtio4j.sim.contract.TransportContract;
import org.agrona.ErrorHandler;

/** {@link TransportContract}, run from another package as a transport's author does. */
final class OwnTransportContractTest extends TransportContract {
    @Override
    protected ContractRig open(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors) {
        return new OwnRig(device, memoryBytes, deviceErrors);
    }
}
