// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import io.virtio4j.stress.model.explore.Fence;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What can be done wrong with a fence. */
public enum Edit {
    /** Not there. */
    DROPPED("dropped", null),
    /** For a write barrier: leaves earlier loads behind. */
    STORE_STORE("weakened to store-store", Fence.STORE_STORE),
    /** For a read barrier: leaves later stores free. */
    LOAD_LOAD("weakened to load-load", Fence.LOAD_LOAD),
    /** For a full barrier. */
    WMB("weakened to Wmb", Fence.RELEASE),
    /** For a full barrier. */
    RMB("weakened to Rmb", Fence.ACQUIRE),
    /** For a full barrier: everything but a store before a load. */
    WMB_AND_RMB("weakened to Wmb and Rmb", Fence.ACQUIRE_AND_RELEASE),
    /** Before the access that it should follow. */
    EARLY("early", null),
    /** After the access that it should precede. */
    LATE("late", null);

    private final String label;
    private final @Nullable Fence weaker;

    Edit(String label, @Nullable Fence weaker) {
        this.label = label;
        this.weaker = weaker;
    }

    /** {@return what tables call it} */
    public String label() {
        return label;
    }

    /** {@return the edit that tables call so, if there is one} */
    public static Optional<Edit> labelled(String label) {
        return Arrays.stream(values()).filter(edit -> edit.label.equals(label)).findFirst();
    }

    /** {@return those that make another fence, or another place, of a fence} */
    static List<Edit> of(Fence fence) {
        return switch (fence) {
            case RELEASE -> List.of(DROPPED, STORE_STORE, EARLY, LATE);
            case ACQUIRE -> List.of(DROPPED, LOAD_LOAD, EARLY, LATE);
            case FULL -> List.of(DROPPED, WMB, RMB, WMB_AND_RMB, EARLY, LATE);
            default -> throw new IllegalArgumentException("no path issues a fence " + fence);
        };
    }

    /** {@return the fence that stands in its place; null if it is dropped or moved} */
    @Nullable
    Fence weaker() {
        return weaker;
    }
}
