// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What stands behind all letters: from the rings over the memory and the tokens to the JVM's fences. */
final class TokenPlaces {
    private static final String SPLIT = "io.virtio4j.ring.SplitRing";
    private static final String PACKED = "io.virtio4j.ring.PackedRing";
    private static final String MEMORY = "io.virtio4j.memory.SharedMemory";

    private TokenPlaces() {}

    static List<Place> all() {
        List<Place> places = new ArrayList<>();
        for (Fence fence : Fence.values()) {
            String method = fence.method();
            places.add(place("split-ring-" + method, SPLIT, method, fence));
            places.add(place("packed-ring-" + method, PACKED, method, fence));
            places.add(place("memory-" + method, MEMORY, method, fence).calling("issue"));
        }
        for (Fence fence : Fence.values()) {
            String token = fence.token().replace('/', '.');
            String name = "token-" + fence.name().toLowerCase(Locale.ROOT);
            places.add(place(name, token, "issue", fence).calling(fence.handleMethod()));
        }
        return List.copyOf(places);
    }

    /** There is nothing else in these methods: a fence has nowhere to be misplaced to. */
    private static Place place(String name, String className, String method, Fence fence) {
        return Place.of(name, Place.ALL_LETTERS, className, method, fence)
                .dropped()
                .weakened();
    }
}
