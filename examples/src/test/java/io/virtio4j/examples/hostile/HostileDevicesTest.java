// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.device.DeviceCases;
import io.virtio4j.sim.hostile.device.DriverParty;
import org.junit.jupiter.api.Test;

/** Somebody's driver, and devices that keep no rule. */
final class HostileDevicesTest {
    @Test
    void noDeviceBreaksTheDriver() {
        var party = new DriverParty("rng-driver", RngUnderTest::new);
        var cases = DeviceCases.ofRings().stream()
                .filter(one -> one.area().equals("features"))
                .toList();
        var results = new CaseRunner<>(party).runAll(cases, 1);

        assertThat(results).hasSizeGreaterThan(15).allMatch(CaseResult::isGood);
    }
}
