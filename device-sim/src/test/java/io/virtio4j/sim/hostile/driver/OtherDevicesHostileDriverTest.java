// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing.Used;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.rng.SimRng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A ring that cannot be followed is the same to every device: it needs a reset, and is as good as new after it. */
class OtherDevicesHostileDriverTest {
    private static final List<String> PARTIES = List.of("sim-blk-rings", "sim-rng-rings");

    private static final DeviceUnderTest BLK = new DeviceUnderTest(
            PARTIES.get(0),
            () -> new SimBlk(
                    new MemoryBlockStore(64 * 512), SimBlkOptions.DEFAULTS, OtherDevicesHostileDriverTest::fail),
            OtherDevicesHostileDriverTest::readSector);
    private static final DeviceUnderTest RNG =
            new DeviceUnderTest(PARTIES.get(1), SimRng::new, OtherDevicesHostileDriverTest::draw);

    @BeforeAll
    static void beginAnew() throws IOException {
        for (String party : PARTIES) {
            Files.deleteIfExists(results(party));
        }
    }

    private static Path results(String party) {
        return Path.of("target", "hostile", party + ".tsv");
    }

    static Stream<Arguments> cases() {
        return DriverCases.forAnyDevice().stream()
                .flatMap(one -> one.rings().stream().sorted().map(format -> Arguments.of(one, format)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    void aBlockDeviceNeedsAResetAndReadsOnAfterIt(HostileCase<DriverPort> hostileCase, RingFormat format) {
        requireGood(new CaseRunner<>(BLK).run(hostileCase, format, 1));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    void anEntropyDeviceNeedsAResetAndDrawsOnAfterIt(HostileCase<DriverPort> hostileCase, RingFormat format) {
        requireGood(new CaseRunner<>(RNG).run(hostileCase, format, 1));
    }

    private static void requireGood(CaseResult result) {
        result.appendTo(results(result.party()));
        assertThat(result).as(result.toString()).matches(CaseResult::isGood);
    }

    private static void fail(Throwable error) {
        throw new AssertionError("nothing is wrong with the store", error);
    }

    private static void readSector(RawDriver driver, Stage stage) {
        long status = stage.memory().writable(1);
        int id = driver.ring(0)
                .offer(
                        Desc.readable(stage.memory().readable(new byte[16]), 16),
                        Desc.writable(stage.memory().writable(512), 512),
                        Desc.writable(status, 1));
        driver.kick(0);
        Used used = driver.awaitUsed(0, id);
        stage.requireHonest(used.lengthBytes() == 513, "a sector was read with " + used);
        stage.requireHonest(stage.memory().get(status, 1)[0] == 0, "a sector was read with an error");
    }

    private static void draw(RawDriver driver, Stage stage) {
        int id = driver.ring(0).offer(Desc.writable(stage.memory().writable(32), 32));
        driver.kick(0);
        Used used = driver.awaitUsed(0, id);
        stage.requireHonest(used.lengthBytes() > 0, "no entropy was drawn");
    }
}
