// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No driver can break a device of the simplest kind, whatever it does to rings and registers. */
class EchoHostileDriverTest {
    private static final Path RESULTS = Path.of("target", "hostile", "echo.tsv");
    private static final Path THREADED_RESULTS = Path.of("target", "hostile", "echo-threaded.tsv");

    private final CaseRunner<DriverPort> stepped = new CaseRunner<>(EchoParty.stepped());
    private final CaseRunner<DriverPort> threaded =
            new CaseRunner<>(EchoParty.stepped().threaded());

    @BeforeAll
    static void beginAnew() throws IOException {
        Files.deleteIfExists(RESULTS);
        Files.deleteIfExists(THREADED_RESULTS);
    }

    static Stream<Arguments> cases() {
        return onEachRing(DriverCases.all());
    }

    static Stream<Arguments> races() {
        return onEachRing(DriverCases.races());
    }

    private static Stream<Arguments> onEachRing(List<HostileCase<DriverPort>> cases) {
        return cases.stream().flatMap(one -> one.rings().stream().sorted().map(format -> Arguments.of(one, format)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    void theDeviceTakesItAsItShould(HostileCase<DriverPort> hostileCase, RingFormat format) {
        requireGood(stepped.run(hostileCase, format, 1), RESULTS);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("races")
    void aDeviceWithAThreadTakesItWhileItChanges(HostileCase<DriverPort> hostileCase, RingFormat format) {
        requireGood(threaded.run(hostileCase, format, 1), THREADED_RESULTS);
    }

    private static void requireGood(CaseResult result, Path results) {
        result.appendTo(results);
        assertThat(result).as(result.toString()).matches(CaseResult::isGood);
    }
}
