// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

/** What the device of the suites throws to end its thread. A rig that runs the device on the test's thread catches it. */
public final class DeviceDeath extends Error {
    private static final long serialVersionUID = 1L;

    DeviceDeath() {
        super("the test asked the device to die");
    }
}
