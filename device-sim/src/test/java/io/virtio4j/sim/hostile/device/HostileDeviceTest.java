// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.request.Plays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A plain driver against every device that lies in its rings, its notifications or its registers. */
final class HostileDeviceTest {
    @TestFactory
    Stream<DynamicTest> aPlainDriverWithstands() {
        return Plays.of(new DriverParty("plain-driver", PlainDriver::new), DeviceCases.ofRings());
    }
}
