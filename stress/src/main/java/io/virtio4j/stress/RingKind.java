// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.Locale;

/**
 * What ring a sample runs on.
 *
 * @param features what was negotiated
 * @param wraps whether the sample crosses the wrap: of a split ring the indices go from 65535 to 0, of a packed ring the
 *     position passes the last slot and the wrap counters toggle. If not, the ring is at its beginning
 * @param label says so, without a comma, which separates results
 */
record RingKind(Features features, boolean wraps, String label) {
    private static final Features SPLIT = Features.of(FeatureBits.VERSION_1);
    private static final Features PACKED = SPLIT.with(FeatureBits.RING_PACKED);

    /** A ring of this format and no more features, at its beginning and at its wrap. */
    static RingKind[] plain(RingFormat format) {
        Features features = format == RingFormat.PACKED ? PACKED : SPLIT;
        String label = format.name().toLowerCase(Locale.ROOT);
        return new RingKind[] {
            new RingKind(features, false, label), new RingKind(features, true, label + " at its wrap"),
        };
    }

    /** The same with one more feature. */
    static RingKind[] with(RingFormat format, int featureBit, String name) {
        RingKind[] kinds = plain(format);
        for (int i = 0; i < kinds.length; i++) {
            RingKind kind = kinds[i];
            kinds[i] = new RingKind(kind.features.with(featureBit), kind.wraps, kind.label + " with " + name);
        }
        return kinds;
    }

    /** Both. */
    static RingKind[] withAndWithout(RingFormat format, int featureBit, String name) {
        return both(plain(format), with(format, featureBit, name));
    }

    /** These and those. */
    static RingKind[] both(RingKind[] some, RingKind[] others) {
        RingKind[] all = new RingKind[some.length + others.length];
        System.arraycopy(some, 0, all, 0, some.length);
        System.arraycopy(others, 0, all, some.length, others.length);
        return all;
    }

    boolean isPacked() {
        return features.has(FeatureBits.RING_PACKED);
    }

    boolean has(int featureBit) {
        return features.has(featureBit);
    }
}
