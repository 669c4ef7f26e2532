// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import static io.virtio4j.stress.mutant.Spot.after;
import static io.virtio4j.stress.mutant.Spot.before;
import static io.virtio4j.stress.mutant.Spot.head;
import static io.virtio4j.stress.mutant.Spot.returns;

import java.util.List;

/** The fences of the driver's half of both rings. */
final class DriverPlaces {
    private static final String DRIVER = "io.virtio4j.driver.DriverQueue";
    private static final String WAIT = "io.virtio4j.driver.UsedWait";
    private static final String SPLIT = "io.virtio4j.driver.SplitDriverQueue";
    private static final String PACKED = "io.virtio4j.driver.PackedDriverQueue";

    private DriverPlaces() {}

    static List<Place> all() {
        return List.of(
                Place.of("split-driver-publish", "A", SPLIT, "publish", Fence.WMB)
                        .dropped()
                        .weakened()
                        .early(head("add"))
                        .late(after("publish", "publishAvailIdx")),
                Place.of("packed-driver-publish", "A", PACKED, "publish", Fence.WMB)
                        .dropped()
                        .weakened()
                        .early(head("add"))
                        .late(after("publish", "publishFlags")),
                Place.of("split-driver-poll", "B'", SPLIT, "poll", Fence.RMB)
                        .dropped()
                        .weakened()
                        .early(before("poll", "usedPending"))
                        .late(after("poll", "usedElement")),
                Place.of("packed-driver-poll", "B'", PACKED, "poll", Fence.RMB)
                        .dropped()
                        .weakened()
                        .early(before("poll", "usedPending"))
                        .late(after("poll", "word")),
                Place.of("split-driver-kick", "C", SPLIT, "kickNeeded", Fence.MB)
                        .dropped()
                        .weakened()
                        .early(before("publish", "publishAvailIdx"))
                        .late(after("kickNeeded", "availEventOpaque", "usedFlagsOpaque")),
                Place.of("packed-driver-kick", "C", PACKED, "kickNeeded", Fence.MB)
                        .dropped()
                        .weakened()
                        .early(before("publish", "publishFlags"))
                        .late(after("kickNeeded", "deviceEventOpaque")),
                // The wait that sleeps (UsedWait) arms by enableCallbacks: its fence is D' here.
                Place.of("split-driver-arm", "D'", SPLIT, "enableCallbacks", Fence.MB)
                        .dropped()
                        .weakened()
                        .early(before("enableCallbacks", "putUsedEvent", "putAvailFlags"))
                        .late(after("enableCallbacks", "usedIdxOpaque")),
                Place.of("packed-driver-arm", "D'", PACKED, "enableCallbacks", Fence.MB)
                        .dropped()
                        .weakened()
                        .early(before("enableCallbacks", "putDriverEventOffWrap", "putDriverEventFlags"))
                        .late(after("enableCallbacks", "flagsOpaque")),
                Place.of("packed-driver-event", "E", PACKED, "enableCallbacks", Fence.WMB)
                        .dropped()
                        .weakened()
                        .early(before("enableCallbacks", "putDriverEventOffWrap"))
                        .late(after("enableCallbacks", "publishDriverEventDesc")),
                // Nothing is loaded before it in the same class: what shows the reset is the session's load, so early
                // is
                // where it stands.
                Place.of("driver-cancel", "I'", DRIVER, "cancelAll", Fence.RMB)
                        .calling("readFence")
                        .dropped()
                        .late(returns("cancelAll")),
                Place.of("split-driver-cancel", "I'", SPLIT, "readFence", Fence.RMB)
                        .dropped()
                        .weakened(),
                Place.of("packed-driver-cancel", "I'", PACKED, "readFence", Fence.RMB)
                        .dropped()
                        .weakened(),
                // No letter: BarrierPolicy.BASELINE issues these to be counted. They order nothing that B' does not, so
                // that a queue without them is as correct: no mutant.
                Place.of("split-driver-baseline", Place.NO_LETTER, SPLIT, "fullFence", Fence.MB),
                Place.of("packed-driver-baseline", Place.NO_LETTER, PACKED, "fullFence", Fence.MB),
                Place.of("driver-baseline-spins", Place.NO_LETTER, DRIVER, "pollUsed", Fence.MB)
                        .calling("fullFence"),
                Place.of("driver-baseline-wait", Place.NO_LETTER, WAIT, "spin", Fence.MB)
                        .calling("fullFence"));
    }
}
