// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.preempt.explore.Explorer.Mode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Leaving out orders that cannot matter changes nothing that is asked for: the failures, and the states in which all is quiet. */
@Timeout(300)
class ReductionTest {
    private static final int MAX_STATES = 3_000_000;

    private static Stream<Variant> variants() {
        return Variant.all().stream();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theSameFailuresAreFound(Variant variant) {
        for (Bounds bounds : new Bounds[] {new Bounds(1, 2, 1, MAX_STATES), new Bounds(2, 2, 0, MAX_STATES)}) {
            for (Workload workload : variant.workloads()) {
                Explorer full = search(variant.policy(), bounds, workload, false);
                Explorer reduced = search(variant.policy(), bounds, workload, true);
                assertThat(full.isComplete()).isTrue();
                assertThat(reduced.states()).isLessThan(full.states());
                if (!full.world().touchedForeignSlot()) {
                    assertThat(reduced.failures())
                            .as("%s, %s", bounds.text(), workload)
                            .isEqualTo(full.failures());
                } else {
                    assertThat(reduced.world().touchedForeignSlot()).isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void theDefaultComesToRestInTheSameStates(Workload workload) {
        Bounds bounds = new Bounds(2, 2, 1, MAX_STATES);
        Policy policy = PerCpuPrograms.policy();
        Explorer full = search(policy, bounds, workload, false);
        Explorer reduced = search(policy, bounds, workload, true);
        assertThat(full.isComplete()).isTrue();
        assertThat(quietStates(reduced, policy, bounds, workload))
                .isNotEmpty()
                .isEqualTo(quietStates(full, policy, bounds, workload));
    }

    private static Stream<Workload> workloads() {
        return Stream.concat(Workload.ALL.stream().skip(2), Workload.TIMER_ONLY.stream());
    }

    private static Explorer search(Policy policy, Bounds bounds, Workload workload, boolean reduces) {
        return new Explorer(policy, bounds, workload, new Mode(reduces, true, null, MAX_STATES, Integer.MAX_VALUE))
                .search();
    }

    private static Set<ByteBuffer> quietStates(Explorer explorer, Policy policy, Bounds bounds, Workload workload) {
        Set<ByteBuffer> quiet = new HashSet<>();
        World world = new World(new Machine(policy, bounds), workload, true);
        byte[] bytes = new byte[255];
        for (int state = 0; state < explorer.states(); state++) {
            explorer.table().read(state, world);
            if (world.isQuiet()) {
                quiet.add(ByteBuffer.wrap(Arrays.copyOf(bytes, world.write(bytes))));
            }
        }
        return quiet;
    }
}
