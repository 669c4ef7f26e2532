// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import static io.virtio4j.stress.mutant.Spot.after;
import static io.virtio4j.stress.mutant.Spot.before;
import static io.virtio4j.stress.mutant.Spot.head;
import static io.virtio4j.stress.mutant.Spot.returns;

import java.util.List;

/** The fences of the configuration space. */
final class ConfigPlaces {
    private static final String CONFIG = "io.virtio4j.device.ConfigSpace";

    private ConfigPlaces() {}

    static List<Place> all() {
        return List.of(
                // No letter: nothing before the odd generation has to be seen with it; the store demands the token. No
                // mutant of it is wrong.
                Place.of("config-open", Place.NO_LETTER, CONFIG, "publish", Fence.WMB),
                Place.of("config-odd", "G", CONFIG, "publish", Fence.WMB)
                        .occurrence(1)
                        .dropped()
                        .weakened()
                        .early(before("publish", "publishGeneration", 0))
                        .late(after("publish", "putBytes")),
                Place.of("config-even", "G", CONFIG, "publish", Fence.WMB)
                        .occurrence(2)
                        .dropped()
                        .weakened()
                        .early(before("publish", "putBytes"))
                        .late(after("publish", "publishGeneration", 1)),
                // The generation before is loaded by the caller, and so is the one after: the first fence cannot be
                // early here, nor the second late.
                Place.of("config-read-before", "G'", CONFIG, "read", Fence.RMB)
                        .dropped()
                        .weakened()
                        .late(returns("read")),
                Place.of("config-read-after", "G'", CONFIG, "read", Fence.RMB)
                        .occurrence(1)
                        .dropped()
                        .weakened()
                        .early(head("read")));
    }
}
