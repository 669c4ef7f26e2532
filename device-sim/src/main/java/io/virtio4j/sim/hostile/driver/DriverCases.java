// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import java.util.List;
import java.util.stream.Stream;

/** All cases of a hostile driver that suit a device of any type. */
public final class DriverCases {
    private DriverCases() {}

    /** {@return the cases, in the order of the table} */
    public static List<HostileCase<DriverPort>> all() {
        return Stream.of(ChainCases.all()).flatMap(List::stream).toList();
    }
}
