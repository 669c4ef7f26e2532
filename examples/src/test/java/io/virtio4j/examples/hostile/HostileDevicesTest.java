// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.device.DeviceCases;
import io.virtio4j.sim.hostile.device.DriverParty;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Somebody's driver, and devices that keep no rule. */
final class HostileDevicesTest {
    /** What a device offers and sets up; the other areas go by the traffic of {@code PlainDriver}. */
    private static final Set<String> ANY_DRIVER = Set.of("features", "queues");

    @Test
    void noDeviceBreaksTheDriver() {
        var party = new DriverParty("rng-driver", RngUnderTest::new);
        var cases = DeviceCases.ofRings().stream()
                .filter(one -> ANY_DRIVER.contains(one.area()))
                .toList();
        var results = new CaseRunner<>(party).runAll(cases, 1);

        assertThat(results)
                .hasSizeGreaterThan(20)
                .noneMatch(one -> one.verdict().isFailure());
    }
}
