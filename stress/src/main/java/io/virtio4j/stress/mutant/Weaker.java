// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.util.List;
import java.util.Optional;

/** What can stand where a fence should, and orders less. */
public enum Weaker {
    /** For {@link Fence#MB}: keeps what is before from passing later stores, and lets a later load pass earlier stores. */
    WMB("weakened to Wmb"),

    /** For {@link Fence#MB}: keeps earlier loads from what is after, and says nothing of earlier stores. */
    RMB("weakened to Rmb"),

    /** For {@link Fence#MB}: both, which still lets a load pass an earlier store of another location. */
    WMB_AND_RMB("weakened to Wmb and Rmb"),

    /** For {@link Fence#WMB}: leaves earlier loads behind. */
    STORE_STORE("weakened to store-store"),

    /** For {@link Fence#RMB}: leaves later stores free. */
    LOAD_LOAD("weakened to load-load");

    private final String label;

    Weaker(String label) {
        this.label = label;
    }

    /** {@return what the table calls it} */
    public String label() {
        return label;
    }

    /** {@return the library's own fences that stand in its place, none if it is one that the library never issues} */
    List<Fence> fences() {
        return switch (this) {
            case WMB -> List.of(Fence.WMB);
            case RMB -> List.of(Fence.RMB);
            case WMB_AND_RMB -> List.of(Fence.WMB, Fence.RMB);
            case STORE_STORE, LOAD_LOAD -> List.of();
        };
    }

    /** {@return the method of {@code VarHandle} that stands in its place, if no fence of the library's does} */
    Optional<String> handleMethod() {
        return switch (this) {
            case STORE_STORE -> Optional.of("storeStoreFence");
            case LOAD_LOAD -> Optional.of("loadLoadFence");
            case WMB, RMB, WMB_AND_RMB -> Optional.empty();
        };
    }
}
