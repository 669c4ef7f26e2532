// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Random operations of a driver against a device that steps at random, in all rings, compared after each with plain
 * collections that know nothing of indices. {@code mvn -Plong} runs more than a million of them.
 */
final class RandomOperationsTest {
    /** Lists have 1 up to 200 operations, so 100 at an average: short of this, tries were lost. */
    private static final int LEAST_OPERATIONS_PER_TRY = 60;

    /** So many tries that one of them starts beyond {@link #FAR_START}, as one in 300 does. */
    private static final int MANY_TRIES = 10_000;

    /** A run that starts here takes its 16-bit indices past 65535. */
    private static final int FAR_START = 65_500;

    private static long operationsRun;
    private static int triesRun;
    private static int farStarts;

    @Property(edgeCases = EdgeCasesMode.NONE)
    @Clause({"CORE-VQ-FORMATS", "CORE-DRV-OUT-OF-ORDER", "CORE-DEV-IN-ORDER", "CORE-DRV-CLEANUP-RESET-FIRST"})
    void everySequenceOfOperationsBringsEveryBufferBackOnce(
            @ForAll("setups") Setup setup, @ForAll("operations") List<Op> operations) {
        QueueReference queue = new QueueReference(setup.ring, setup.size, setup.seed, setup.start);
        try {
            operations.forEach(queue::run);
            queue.finish();
        } finally {
            queue.close();
            operationsRun += operations.size();
            triesRun++;
            farStarts += setup.start >= FAR_START ? 1 : 0;
        }
    }

    /** A queue to try: its features and size, the device's seed, and how many buffers went through before. */
    record Setup(RingVariant ring, int size, long seed, int start) {}

    /** An operation, and a number whose meaning depends on it. */
    record Op(QueueReference.Kind kind, int number) {}

    @AfterContainer
    static void printHowManyThereWere() {
        System.out.printf(
                Locale.ROOT,
                "RandomOperationsTest: %,d operations in %,d tries, %d of them from %d on%n",
                operationsRun,
                triesRun,
                farStarts,
                FAR_START);
        assertThat(operationsRun).isPositive().isGreaterThanOrEqualTo((long) triesRun * LEAST_OPERATIONS_PER_TRY);
        if (triesRun >= MANY_TRIES) {
            assertThat(farStarts).isPositive();
        }
    }

    @Provide
    Arbitrary<Setup> setups() {
        // A power of two, so that it goes for split rings as well; packed ones take one less, unless that is 0.
        Arbitrary<Integer> sizes = Arbitraries.of(1, 2, 4, 8, 16, 32);
        Arbitrary<RingVariant> rings = Arbitraries.of(RingVariant.all().toList());
        Arbitrary<Integer> starts = Arbitraries.frequencyOf(
                Tuple.of(299, Arbitraries.integers().between(0, 40)),
                Tuple.of(1, Arbitraries.integers().between(FAR_START, 65_540)));
        return Combinators.combine(rings, sizes, Arbitraries.longs(), Arbitraries.of(0, 1), starts)
                .as((ring, size, seed, less, start) ->
                        new Setup(ring, ring.packed() && size > 1 ? size - less : size, seed, start));
    }

    @Provide
    Arbitrary<List<Op>> operations() {
        Arbitrary<Op> operation = Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(8, QueueReference.Kind.ADD),
                                Tuple.of(4, QueueReference.Kind.PUBLISH),
                                Tuple.of(4, QueueReference.Kind.KICK),
                                Tuple.of(6, QueueReference.Kind.OFFER),
                                Tuple.of(6, QueueReference.Kind.POLL),
                                Tuple.of(3, QueueReference.Kind.ENABLE_CALLBACKS),
                                Tuple.of(2, QueueReference.Kind.DISABLE_CALLBACKS),
                                Tuple.of(14, QueueReference.Kind.STEP),
                                Tuple.of(1, QueueReference.Kind.RESET)),
                        Arbitraries.integers().between(0, 63))
                .as(Op::new);
        return operation.list().ofMinSize(1).ofMaxSize(200).withSizeDistribution(RandomDistribution.uniform());
    }
}
