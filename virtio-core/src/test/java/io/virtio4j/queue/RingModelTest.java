// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import io.virtio4j.queue.SplitQueueModel.Kind;
import io.virtio4j.queue.SplitQueueModel.Op;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Random operations on a queue of any size and any choice of features do what the model says. */
class SplitQueueModelTest {
    private static final int TABLE_ENTRIES = 4;

    /** A queue to try: its size, features, and the index at which it stands. */
    record Setup(int size, boolean eventIdx, boolean inOrder, boolean indirect, int start) {
        void run(List<Op> operations) {
            Features features = Features.of(FeatureBits.VERSION_1);
            features = eventIdx ? features.with(FeatureBits.EVENT_IDX) : features;
            features = inOrder ? features.with(FeatureBits.IN_ORDER) : features;
            features = indirect ? features.with(FeatureBits.INDIRECT_DESC) : features;
            int tableEntries = indirect ? TABLE_ENTRIES : 0;
            SplitQueueModel model =
                    new SplitQueueModel(QueuePair.of(size, features, tableEntries), tableEntries, start);
            model.run(operations);
            model.finish();
        }
    }

    @Property(tries = 400)
    @Clause({"CORE-DRV-OUT-OF-ORDER", "CORE-DEV-IN-ORDER", "SPLIT-DRV-INORDER-BATCH"})
    void everySequenceOfOperationsDoesWhatTheModelSays(
            @ForAll("setups") Setup setup, @ForAll("operations") List<Op> ops) {
        setup.run(ops);
    }

    @Provide
    Arbitrary<Setup> setups() {
        Arbitrary<Integer> sizes = Arbitraries.of(1, 2, 4, 8, 16, 32, 64);
        Arbitrary<Boolean> flag = Arbitraries.of(false, true);
        Arbitrary<Integer> starts = Arbitraries.frequencyOf(
                Tuple.of(19, Arbitraries.just(0)),
                Tuple.of(1, Arbitraries.integers().between(65_500, 65_540)));
        return Combinators.combine(sizes, flag, flag, flag, starts).as(Setup::new);
    }

    @Provide
    Arbitrary<List<Op>> operations() {
        Arbitrary<Op> operation = Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(6, Kind.ADD),
                                Tuple.of(3, Kind.PUBLISH),
                                Tuple.of(2, Kind.KICK),
                                Tuple.of(3, Kind.POLL),
                                Tuple.of(1, Kind.ENABLE_CALLBACKS),
                                Tuple.of(1, Kind.DISABLE_CALLBACKS),
                                Tuple.of(6, Kind.TAKE),
                                Tuple.of(6, Kind.COMPLETE),
                                Tuple.of(3, Kind.DEVICE_PUBLISH),
                                Tuple.of(2, Kind.CALL),
                                Tuple.of(1, Kind.ENABLE_NOTIFICATIONS),
                                Tuple.of(1, Kind.DISABLE_NOTIFICATIONS)),
                        Arbitraries.integers().between(0, 6),
                        Arbitraries.integers().between(0, 120))
                .as((kind, a, b) -> new Op(kind, a, kind == Kind.ADD ? b % 6 : b));
        return operation.list().ofMinSize(1).ofMaxSize(150);
    }
}
