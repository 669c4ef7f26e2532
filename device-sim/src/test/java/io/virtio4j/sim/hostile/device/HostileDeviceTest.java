// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.HostileCase;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A plain driver against every device that lies in its rings, its notifications or its registers. */
final class HostileDeviceTest {
    private static final long SEED = 1;

    private final CaseRunner<DevicePort> runner = new CaseRunner<>(new DriverParty("plain-driver", PlainDriver::new));

    @TestFactory
    Stream<DynamicTest> aPlainDriverWithstands() {
        return DeviceCases.ofRings().stream()
                .flatMap(hostileCase -> hostileCase.rings().stream()
                        .sorted()
                        .map(format -> DynamicTest.dynamicTest(
                                hostileCase.id() + ", " + format, () -> play(hostileCase, format))));
    }

    private void play(HostileCase<DevicePort> hostileCase, RingFormat format) {
        CaseResult result = runner.run(hostileCase, format, SEED);
        result.appendTo(Path.of("target", "hostile", "plain-driver.tsv"));
        assertThat(result.isGood()).as(result.toString()).isTrue();
    }
}
