// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import io.virtio4j.queue.RingModel.Kind;
import io.virtio4j.queue.RingModel.Op;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Random operations on a queue of any size and any choice of features do what the model says. */
class RingModelTest {
    private static final int TABLE_ENTRIES = 4;

    /** A queue to try: its size, features, and the index at which it stands. */
    record Setup(RingFormat format, int size, boolean eventIdx, boolean inOrder, boolean indirect, int start) {
        void run(List<Op> operations) {
            Features features = QueuePair.features(format);
            features = eventIdx ? features.with(FeatureBits.EVENT_IDX) : features;
            features = inOrder ? features.with(FeatureBits.IN_ORDER) : features;
            features = indirect ? features.with(FeatureBits.INDIRECT_DESC) : features;
            int tableEntries = indirect ? TABLE_ENTRIES : 0;
            RingModel model = new RingModel(QueuePair.of(size, features, tableEntries), tableEntries, start);
            model.run(operations);
            model.finish();
        }
    }

    @Property(tries = 800, edgeCases = EdgeCasesMode.NONE)
    @Clause({
        "CORE-DRV-OUT-OF-ORDER",
        "CORE-DEV-IN-ORDER",
        "SPLIT-DRV-INORDER-BATCH",
        "PACKED-DRV-INORDER-BATCH",
        "PACKED-WRAP-INIT"
    })
    void everySequenceOfOperationsDoesWhatTheModelSays(
            @ForAll("setups") Setup setup, @ForAll("operations") List<Op> ops) {
        setup.run(ops);
    }

    @Provide
    Arbitrary<Setup> setups() {
        return Arbitraries.of(RingFormat.class).flatMap(this::setups);
    }

    private Arbitrary<Setup> setups(RingFormat format) {
        Arbitrary<Integer> sizes = format == RingFormat.SPLIT
                ? Arbitraries.of(1, 2, 4, 8, 16, 32, 64)
                : Arbitraries.integers().between(1, 64);
        Arbitrary<Boolean> flag = Arbitraries.of(false, true);
        Arbitrary<Integer> starts = Arbitraries.frequencyOf(
                Tuple.of(19, Arbitraries.integers().between(0, 200)),
                Tuple.of(1, Arbitraries.integers().between(65_500, 65_540)));
        return Combinators.combine(sizes, flag, flag, flag, starts)
                .as((size, eventIdx, inOrder, indirect, start) ->
                        new Setup(format, size, eventIdx, inOrder, indirect, start));
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
