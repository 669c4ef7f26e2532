// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.VirtioDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.agrona.ErrorHandler;
import org.junit.jupiter.api.AfterEach;

/** What the suites have in common: the rig is made for each test, and closed after it. */
public abstract class ContractSuite {
    private static final long SEED = 0x5EED;

    /** What the device's side was told. */
    final ConcurrentLinkedQueue<Throwable> deviceErrors = new ConcurrentLinkedQueue<>();

    private final List<ContractRig> rigs = new ArrayList<>();

    /** For subclasses; JUnit makes one for each test. */
    protected ContractSuite() {}

    /**
     * Makes a transport to a device, and memory that both see. The notifications of the transport must be exact: none is lost
     * and none is made up.
     *
     * @param device the device; it is the same object that the transport's device side serves, whatever lies in between
     * @param memoryBytes how much memory the test needs
     * @param deviceErrors is to be told what goes wrong on the device's side
     * @return the rig; the suite closes it
     */
    protected abstract ContractRig open(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors);

    ContractDriver driver(RingVariant ring, int queueSize) {
        return driver(ring, queueSize, SEED);
    }

    ContractDriver driver(RingVariant ring, int queueSize, long seed) {
        return new ContractDriver(rig(ContractDriver.memoryBytes(queueSize), seed), ring, queueSize);
    }

    /** The drivers of both queues of one device that agreed to RING_RESET; the second one's queue is to be reset. */
    List<ContractDriver> driversOfBothQueues(RingVariant ring, int queueSize) {
        ContractRig rig = rig(2 * ContractDriver.memoryBytes(queueSize), SEED);
        return ContractDriver.ofBothQueues(rig, ring, queueSize);
    }

    ContractRig rig(long memoryBytes, long seed) {
        return rig(ContractProtocol.device(seed), memoryBytes);
    }

    ContractRig rig(VirtioDevice device, long memoryBytes) {
        ContractRig rig = open(device, memoryBytes, deviceErrors::add);
        rigs.add(rig);
        return rig;
    }

    /** Everything came back, nothing is lost on the way, and nobody complained. */
    void assertComplete(ContractDriver driver) {
        assertThat(driver.inFlight()).as("%s", driver).isZero();
        assertThat(driver.queue().inFlight()).as("%s", driver).isZero();
        assertThat(driver.queue().freeDescriptors())
                .as("%s", driver)
                .isEqualTo(driver.queue().config().size());
        assertThat(driver.returned).as("%s", driver).doesNotHaveDuplicates().hasSize(driver.sent());
        assertThat(driver.errors).isEmpty();
        assertThat(deviceErrors).isEmpty();
    }

    @AfterEach
    void closeRigs() {
        rigs.forEach(ContractRig::close);
    }
}
