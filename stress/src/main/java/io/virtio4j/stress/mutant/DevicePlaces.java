// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import static io.virtio4j.stress.mutant.Spot.after;
import static io.virtio4j.stress.mutant.Spot.before;
import static io.virtio4j.stress.mutant.Spot.head;
import static io.virtio4j.stress.mutant.Spot.returns;

import java.util.List;

/** The fences of the device's half of both rings. */
final class DevicePlaces {
    private static final String SPLIT = "io.virtio4j.device.SplitDeviceQueue";
    private static final String PACKED = "io.virtio4j.device.PackedDeviceQueue";

    private DevicePlaces() {}

    static List<Place> all() {
        return List.of(
                Place.of("split-device-take", "A'", SPLIT, "loadHeads", Fence.RMB)
                        .dropped()
                        .weakened()
                        .early(before("loadHeads", "availIdxOpaque"))
                        .late(after("loadHeads", "availHead")),
                Place.of("packed-device-take", "A'", PACKED, "nextAvailable", Fence.RMB)
                        .dropped()
                        .weakened()
                        .early(before("nextAvailable", "flagsOpaque"))
                        .late(after("nextAvailable", "walk")),
                // Early is where they stand: being handed the state is what they follow, and no load of this class.
                Place.of("split-device-resume", "A'", SPLIT, "walkAgain", Fence.RMB)
                        .dropped()
                        .weakened()
                        .late(returns("walkAgain")),
                Place.of("packed-device-resume", "A'", PACKED, "walkAgain", Fence.RMB)
                        .dropped()
                        .weakened()
                        .late(returns("walkAgain")),
                Place.of("split-device-publish", "B", SPLIT, "publish", Fence.WMB)
                        .dropped()
                        .weakened()
                        .early(head("writeUsed"))
                        .late(after("publish", "publishUsedIdx")),
                Place.of("packed-device-publish", "B", PACKED, "publish", Fence.WMB)
                        .dropped()
                        .weakened()
                        .early(head("writeUsed"))
                        .late(after("publish", "publishFlags")),
                Place.of("split-device-arm", "C'", SPLIT, "enableNotifications", Fence.MB)
                        .dropped()
                        .weakened()
                        .early(before("enableNotifications", "putAvailEvent", "putUsedFlags"))
                        .late(after("enableNotifications", "availIdxOpaque")),
                Place.of("packed-device-arm", "C'", PACKED, "enableNotifications", Fence.MB)
                        .dropped()
                        .weakened()
                        .early(before("enableNotifications", "putDeviceEventOffWrap", "putDeviceEventFlags"))
                        .late(after("enableNotifications", "flagsOpaque")),
                Place.of("split-device-call", "D", SPLIT, "callNeeded", Fence.MB)
                        .dropped()
                        .weakened()
                        .early(before("publish", "publishUsedIdx"))
                        .late(after("callNeeded", "usedEventOpaque", "availFlagsOpaque")),
                Place.of("packed-device-call", "D", PACKED, "callNeeded", Fence.MB)
                        .dropped()
                        .weakened()
                        .early(before("publish", "publishFlags"))
                        .late(after("callNeeded", "driverEventOpaque")),
                Place.of("packed-device-event", "E", PACKED, "enableNotifications", Fence.WMB)
                        .dropped()
                        .weakened()
                        .early(before("enableNotifications", "putDeviceEventOffWrap"))
                        .late(after("enableNotifications", "publishDeviceEventDesc")));
    }
}
