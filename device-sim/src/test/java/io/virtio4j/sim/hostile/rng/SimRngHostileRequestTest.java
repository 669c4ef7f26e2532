// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.rng;

import io.virtio4j.sim.hostile.driver.DeviceUnderTest;
import io.virtio4j.sim.hostile.request.Plays;
import io.virtio4j.sim.hostile.request.UsedLength;
import io.virtio4j.sim.rng.SimRng;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** No request can make the entropy device do what it must not, or stop. */
class SimRngHostileRequestTest {
    @TestFactory
    Stream<DynamicTest> theDeviceFillsWhatItSaysAndNothingElse() {
        DeviceUnderTest party = new DeviceUnderTest("sim-rng", SimRng::new, RngRequestCases::goodRequest);
        return Plays.of(party, RngRequestCases.all(UsedLength.EXACT));
    }
}
