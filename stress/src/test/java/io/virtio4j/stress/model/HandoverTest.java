// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import static io.virtio4j.stress.model.explore.Fence.ACQUIRE;
import static io.virtio4j.stress.model.explore.Fence.LOAD_LOAD;
import static io.virtio4j.stress.model.explore.Fence.RELEASE;
import static io.virtio4j.stress.model.explore.Fence.STORE_STORE;
import static io.virtio4j.stress.model.explore.MemoryModel.ARM;
import static io.virtio4j.stress.model.explore.MemoryModel.PSO;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.stress.model.explore.Explorer;
import io.virtio4j.stress.model.explore.Fence;
import io.virtio4j.stress.model.explore.MemoryModel;
import io.virtio4j.stress.model.explore.Outcome;
import io.virtio4j.stress.model.explore.Program;
import io.virtio4j.stress.model.explore.Step;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The weak memory of {@code Handover} as {@code QueueWorker} uses it, whose protocol Lincheck tries: what one thread did with a
 * queue before it handed it over is done before the other begins.
 *
 * <p>Of the queue there are two cells: each side loads what the other one stores. A store with release is written as a fence and a store, a load with
 * acquire as a load and a fence: where nothing else follows or precedes, as here, that is the same.
 */
class HandoverTest {
    private static final Set<MemoryModel> NONE = EnumSet.noneOf(MemoryModel.class);
    private static final int GIVEN = 1;
    private static final int USED = 1;

    private static List<Step> uses(String reads, String writes) {
        return List.of(new Step.Load(List.of(reads), null), new Step.Store(writes, USED));
    }

    /** One side uses the queue and hands it over; the other looks, opaquely, then takes it and uses it. */
    private static Set<MemoryModel> modelsWithTwoAtOnce(Fence release, Fence acquire) {
        List<Step> first = new ArrayList<>(uses("index", "slot"));
        if (release != null) {
            first.add(new Step.Barrier("release", release));
        }
        first.add(new Step.Store("handover", GIVEN));

        List<Step> second = new ArrayList<>();
        second.add(new Step.Load(List.of("handover"), found -> found == GIVEN)); // isStill
        second.add(new Step.Load(List.of("handover"), found -> found == GIVEN)); // take
        if (acquire != null) {
            second.add(new Step.Barrier("acquire", acquire));
        }
        second.addAll(uses("slot", "index"));

        Program program = new Program(
                "handover", Map.of(), Map.of("first", first, "second", second), HandoverTest::oneAfterTheOther);
        return EnumSet.allOf(MemoryModel.class).stream()
                .filter(model -> !Explorer.explore(program, model).isProved())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(MemoryModel.class)));
    }

    private static String oneAfterTheOther(Outcome end) {
        if (end.loaded("first", "index") != 0) {
            return "the first finds what the second left";
        }
        return end.loaded("second", "slot") == USED ? null : "the second does not find what the first left";
    }

    @Test
    void releaseAndAcquireSuffice() {
        assertThat(modelsWithTwoAtOnce(RELEASE, ACQUIRE)).isEqualTo(NONE);
    }

    @Test
    void bothAreNeeded() {
        assertThat(modelsWithTwoAtOnce(null, ACQUIRE)).isEqualTo(EnumSet.of(PSO, ARM));
        assertThat(modelsWithTwoAtOnce(RELEASE, null)).isEqualTo(EnumSet.of(ARM));
    }

    /** The queue was read too: the first's load must not come after the second's store. */
    @Test
    void aStoreStoreFenceIsTooWeak() {
        assertThat(modelsWithTwoAtOnce(STORE_STORE, ACQUIRE)).isEqualTo(EnumSet.of(ARM));
    }

    /** The queue is written too: the second's store must not come before it saw the handover. */
    @Test
    void aLoadLoadFenceIsTooWeak() {
        assertThat(modelsWithTwoAtOnce(RELEASE, LOAD_LOAD)).isEqualTo(EnumSet.of(ARM));
    }
}
