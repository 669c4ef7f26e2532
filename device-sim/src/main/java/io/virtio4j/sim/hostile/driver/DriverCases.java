// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import java.util.List;
import java.util.stream.Stream;

/** The cases of a hostile driver that are about rings and the life of a device, not about what is in a request. */
public final class DriverCases {
    private DriverCases() {}

    /** {@return the cases, in the order of the table; not all can be played against any device: see {@link HostileCase#needs}} */
    public static List<HostileCase<DriverPort>> all() {
        return Stream.of(
                        RingPlaceCases.all(),
                        QueueSizeCases.all(),
                        AvailCases.all(),
                        PackedCases.all(),
                        ChainCases.all(),
                        IndirectCases.all(),
                        FlagCases.all(),
                        RewriteCases.all(),
                        EarlyCases.all(),
                        KickCases.all(),
                        StatusCases.all(),
                        FeatureCases.all(),
                        ConfigCases.all(),
                        QueueResetCases.all(),
                        DeviceRuleCases.all())
                .flatMap(List::stream)
                .toList();
    }

    /** {@return cases for a device whose thread works while the case writes; for one that steps they are no different} */
    public static List<HostileCase<DriverPort>> races() {
        return RaceCases.all();
    }

    /** {@return those that go by no device's answers but its own, and not by when it answers: for a device of any type} */
    public static List<HostileCase<DriverPort>> forAnyDevice() {
        return all().stream()
                .filter(one -> !one.needs().contains(Need.ECHO) && !one.needs().contains(Need.HOLDS_CHAINS))
                .toList();
    }
}
