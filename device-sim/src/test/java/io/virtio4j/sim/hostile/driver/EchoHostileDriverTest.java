// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.sim.hostile.request.Plays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** No driver can break a device of the simplest kind, whatever it does to rings and registers. */
class EchoHostileDriverTest {
    @TestFactory
    Stream<DynamicTest> theDeviceTakesItAsItShould() {
        return Plays.of(EchoParty.stepped(), DriverCases.all());
    }

    @TestFactory
    Stream<DynamicTest> aDeviceWithAThreadTakesItWhileItChanges() {
        return Plays.of(EchoParty.stepped().threaded(), DriverCases.races());
    }
}
