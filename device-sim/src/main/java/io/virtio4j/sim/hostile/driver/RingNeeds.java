// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.sim.hostile.Need;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** What a case needs of a device whose driver negotiates features of rings: a device need not offer any of them. */
final class RingNeeds {
    private static final Map<Integer, Need> BY_BIT = Map.of(
            FeatureBits.INDIRECT_DESC, Need.INDIRECT_DESC,
            FeatureBits.EVENT_IDX, Need.EVENT_IDX,
            FeatureBits.IN_ORDER, Need.IN_ORDER,
            FeatureBits.RING_RESET, Need.RING_RESET);

    private RingNeeds() {}

    /** What a case needs that negotiates these; nothing for a bit that is no matter of rings. */
    static Need[] of(int... featureBits) {
        return Arrays.stream(featureBits)
                .filter(BY_BIT::containsKey)
                .mapToObj(BY_BIT::get)
                .toArray(Need[]::new);
    }

    /** What a device has that offers these. */
    static Set<Need> in(Features offered) {
        Set<Need> needs = EnumSet.noneOf(Need.class);
        BY_BIT.forEach((bit, need) -> {
            if (offered.has(bit)) {
                needs.add(need);
            }
        });
        return needs;
    }
}
