// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import static io.virtio4j.stress.mutant.Spot.after;
import static io.virtio4j.stress.mutant.Spot.before;

import java.util.List;

/**
 * The fences of the in-process transport's registers.
 *
 * <p>What goes before a request or an answer, and what comes after one was seen, is done by the callers: there is no early
 * for those that store here, and no late for those that load.
 */
final class TransportPlaces {
    private static final String REGISTERS = "io.virtio4j.sim.ControlBlock";

    private TransportPlaces() {}

    static List<Place> all() {
        return List.of(
                Place.of("transport-request", "H", REGISTERS, "request", Fence.WMB)
                        .dropped()
                        .weakened()
                        .late(after("request", "putLe32Opaque")),
                Place.of("transport-take", "H'", REGISTERS, "poll", Fence.RMB)
                        .dropped()
                        .weakened()
                        .early(before("poll", "getLe32Opaque")),
                Place.of("transport-answer", "I", REGISTERS, "showStatus", Fence.WMB)
                        .dropped()
                        .weakened()
                        .late(after("showStatus", "putLe32Opaque")),
                Place.of("transport-load", "I'", REGISTERS, "load", Fence.RMB)
                        .dropped()
                        .weakened()
                        .early(before("load", "getLe32Opaque")));
    }
}
