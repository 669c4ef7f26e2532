// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What is left of a set of features when all goes that cannot stand alone. */
class FeatureDependencyTest {
    private static List<FeatureDependency> dependencies(List<Integer> ends) {
        List<FeatureDependency> dependencies = new ArrayList<>();
        for (int i = 0; i + 1 < ends.size(); i += 2) {
            dependencies.add(new FeatureDependency(ends.get(i), ends.get(i + 1)));
        }
        return dependencies;
    }

    private static boolean stands(Features features, List<FeatureDependency> dependencies) {
        return dependencies.stream().allMatch(d -> !features.has(d.feature()) || features.has(d.requires()));
    }

    @Test
    void aSetWithoutDependenciesStands() {
        assertThat(FeatureDependency.close(Features.of(1, 2, 127), List.of())).isEqualTo(Features.of(1, 2, 127));
    }

    @Test
    void aWholeChainFallsWithItsEnd() {
        List<FeatureDependency> chain =
                List.of(new FeatureDependency(70, 3), new FeatureDependency(3, 64), new FeatureDependency(64, 9));

        assertThat(FeatureDependency.close(Features.of(70, 3, 64, 1), chain)).isEqualTo(Features.of(1));
        assertThat(FeatureDependency.close(Features.of(70, 3, 64, 9), chain)).isEqualTo(Features.of(70, 3, 64, 9));
    }

    @Property(tries = 500)
    @Clause("CORE-DRV-FEAT-DEPS")
    void theResultIsTheLargestSubsetThatStands(
            @ForAll @IntRange(max = 255) int low, @ForAll @Size(max = 12) List<@IntRange(max = 7) Integer> ends) {
        Features features = new Features(low, 0);
        List<FeatureDependency> dependencies = dependencies(ends);

        Features closed = FeatureDependency.close(features, dependencies);

        Features largest = Features.NONE;
        for (int subset = 0; subset < 256; subset++) {
            Features candidate = new Features(subset & low, 0);
            largest = stands(candidate, dependencies) ? largest.or(candidate) : largest;
        }
        assertThat(closed).isEqualTo(largest);
    }

    @Property(tries = 200)
    void theOrderOfTheDependenciesDoesNotMatter(
            @ForAll @IntRange(max = 255) int low,
            @ForAll @Size(max = 12) List<@IntRange(max = 7) Integer> ends,
            @ForAll long seed) {
        List<FeatureDependency> dependencies = dependencies(ends);
        List<FeatureDependency> shuffled = new ArrayList<>(dependencies);
        Collections.shuffle(shuffled, new Random(seed));

        assertThat(FeatureDependency.close(new Features(low, 0), shuffled))
                .isEqualTo(FeatureDependency.close(new Features(low, 0), dependencies));
    }
}
