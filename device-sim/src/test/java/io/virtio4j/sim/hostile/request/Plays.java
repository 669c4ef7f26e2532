// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.PartyUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A test for each case and ring. */
public final class Plays {
    private static final long SEED = 1;

    private Plays() {}

    /** The plays of one party, which begin the file of its results anew. */
    public static Stream<DynamicTest> of(PartyUnderTest<DriverPort> party, List<HostileCase<DriverPort>> cases) {
        Path results = Path.of("target", "hostile", party.name() + ".tsv");
        try {
            Files.deleteIfExists(results);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(cases).extracting(HostileCase::id).doesNotHaveDuplicates();
        CaseRunner<DriverPort> runner = new CaseRunner<>(party);
        return cases.stream()
                .flatMap(one -> one.rings().stream()
                        .sorted()
                        .map(format -> DynamicTest.dynamicTest(
                                one.id() + ", " + format, () -> play(runner, one, format, results))));
    }

    private static void play(
            CaseRunner<DriverPort> runner, HostileCase<DriverPort> one, RingFormat format, Path results) {
        CaseResult result = runner.run(one, format, SEED);
        result.appendTo(results);
        assertThat(result).as(result.toString()).matches(CaseResult::isGood);
    }
}
