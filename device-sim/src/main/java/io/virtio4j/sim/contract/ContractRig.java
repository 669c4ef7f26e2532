// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.memory.SharedMemory;
import io.virtio4j.transport.Transport;

/** A transport under test, with the device of the suite behind it. One thread, the test's. */
public interface ContractRig extends AutoCloseable {
    /** {@return the way to the device} */
    Transport transport();

    /** {@return a region of the memory that driver and device share, of the length that was asked for, all of it free} */
    SharedMemory memory();

    /**
     * Lets the device go on while the driver has nothing to do. Where the device has a thread, this is {@link
     * java.util.concurrent.locks.LockSupport#parkNanos(long)}: calls and configuration changes unpark the test's thread, and
     * a sleep that ended by itself sooner than asked for would hide one that was lost. Otherwise it makes the device do
     * something.
     *
     * @param timeoutNanos sleep so long at most
     */
    void pause(long timeoutNanos);

    /** {@return what there is to know of the device's side, for the message of a test that fails} */
    String state();

    /** Closes the transport and ends the device. */
    @Override
    void close();
}
