// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseResults;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.device.DevicePort;
import io.virtio4j.sim.hostile.device.DriverParty;
import io.virtio4j.sim.hostile.device.GpuDeviceCases;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The GPU driver against GPUs that answer nonsense, lie about themselves or do not answer. */
final class HostileGpuDeviceTest {
    private static final long SEED = 1;

    private static Stream<DynamicTest> play(DriverParty party) {
        CaseRunner<DevicePort> runner = new CaseRunner<>(party);
        CaseResults results = CaseResults.begin(Path.of("target", "hostile"), party.name(), GpuDeviceCases.all());
        return GpuDeviceCases.all().stream()
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
    Stream<DynamicTest> theDriverWithstands() {
        return play(new DriverParty("gpu-driver", GpuUnderTest::new));
    }
}
