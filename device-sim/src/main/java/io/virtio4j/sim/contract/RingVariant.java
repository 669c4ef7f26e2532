// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A choice of the features that change what the bytes of a ring mean. VirtIO 1.2, 6 Reserved Feature Bits.
 *
 * @param packed RING_PACKED: a packed ring, otherwise a split one
 * @param indirect INDIRECT_DESC: chains of several parts lie in tables
 * @param eventIdx EVENT_IDX: notifications are asked for by position, otherwise by a flag
 * @param inOrder IN_ORDER: buffers are used in the order in which they were made available
 */
public record RingVariant(boolean packed, boolean indirect, boolean eventIdx, boolean inOrder) {
    private static final int COUNT = 16;
    private static final List<Integer> SPLIT_SIZES = List.of(1, 2, 256, 32768);
    private static final List<Integer> PACKED_SIZES = List.of(1, 2, 3, 256, 32768);

    /**
     * A ring of some size.
     *
     * @param ring its features
     * @param size how many descriptors
     */
    record Sized(RingVariant ring, int size) {}

    /** {@return all 16} */
    public static Stream<RingVariant> all() {
        return IntStream.range(0, COUNT)
                .mapToObj(bits -> new RingVariant((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0));
    }

    /** {@return all 16, with the smallest, an odd (packed only), an ordinary and the largest size} */
    static Stream<Sized> allSizes() {
        return all().flatMap(ring ->
                (ring.packed ? PACKED_SIZES : SPLIT_SIZES).stream().map(size -> new Sized(ring, size)));
    }

    /** {@return the features to negotiate, VERSION_1 among them} */
    public Features features() {
        Features features = Features.of(FeatureBits.VERSION_1);
        features = packed ? features.with(FeatureBits.RING_PACKED) : features;
        features = indirect ? features.with(FeatureBits.INDIRECT_DESC) : features;
        features = eventIdx ? features.with(FeatureBits.EVENT_IDX) : features;
        return inOrder ? features.with(FeatureBits.IN_ORDER) : features;
    }

    @Override
    public String toString() {
        return (packed ? "packed" : "split")
                + (indirect ? " indirect" : "")
                + (eventIdx ? " event-index" : "")
                + (inOrder ? " in-order" : "");
    }
}
