// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseResults;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.PartyUnderTest;
import io.virtio4j.sim.hostile.PeerPort;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A test for each case and ring. */
public final class Plays {
    private static final long SEED = 1;

    private Plays() {}

    /** The plays of one party, which begin the file of its results anew. */
    public static <P extends PeerPort> Stream<DynamicTest> of(PartyUnderTest<P> party, List<HostileCase<P>> cases) {
        assertThat(cases).extracting(HostileCase::id).doesNotHaveDuplicates();
        CaseResults results = CaseResults.begin(Path.of("target", "hostile"), party.name(), cases);
        CaseRunner<P> runner = new CaseRunner<>(party);
        return cases.stream()
                .flatMap(one -> one.rings().stream()
                        .sorted()
                        .map(format -> DynamicTest.dynamicTest(
                                one.id() + ", " + format, () -> play(runner, one, format, results))));
    }

    private static <P extends PeerPort> void play(
            CaseRunner<P> runner, HostileCase<P> one, RingFormat format, CaseResults results) {
        CaseResult result = runner.run(one, format, SEED);
        results.add(result);
        assertThat(result).as(result.toString()).matches(CaseResult::isGood);
        Pins.check(result);
    }
}
