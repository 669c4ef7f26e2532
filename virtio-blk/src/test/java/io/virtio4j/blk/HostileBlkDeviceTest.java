// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseResults;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.device.BlkDeviceCases;
import io.virtio4j.sim.hostile.device.DevicePort;
import io.virtio4j.sim.hostile.device.DriverParty;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The block driver against disks that answer nonsense, lie about themselves or do not answer. */
final class HostileBlkDeviceTest {
    private static final long SEED = 1;

    private static Stream<DynamicTest> play(DriverParty party) {
        CaseRunner<DevicePort> runner = new CaseRunner<>(party);
        CaseResults results = CaseResults.begin(Path.of("target", "hostile"), party.name(), BlkDeviceCases.all());
        return BlkDeviceCases.all().stream()
                .flatMap(hostileCase -> hostileCase.rings().stream()
                        .sorted()
                        .map(format -> DynamicTest.dynamicTest(
                                hostileCase.id() + ", " + format, () -> play(runner, hostileCase, format, results))));
    }

    private static void play(
            CaseRunner<DevicePort> runner,
            HostileCase<DevicePort> hostileCase,
            RingFormat format,
            CaseResults results) {
        CaseResult result = runner.run(hostileCase, format, SEED);
        results.add(result);
        assertThat(result.isGood()).as(result.toString()).isTrue();
    }

    @TestFactory
    Stream<DynamicTest> aSpinningDriverWithstands() {
        return play(new DriverParty("blk-driver", () -> new BlkUnderTest(false)));
    }

    @TestFactory
    Stream<DynamicTest> aDriverThatSleepsWithstands() {
        return play(new DriverParty("blk-driver-asleep", () -> new BlkUnderTest(true)));
    }
}
