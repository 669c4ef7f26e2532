// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

/** Makes races over one ring after the other. */
abstract class RingRaces implements RaceSource {
    private final RingKind[] rings;

    /** Samples are made by whichever thread is free: a ring may be passed over or taken twice, and nobody minds. */
    private int turn;

    RingRaces(RingKind... rings) {
        this.rings = rings;
    }

    @Override
    public final Race next() {
        int now = turn;
        turn = now + 1 < rings.length ? now + 1 : 0;
        return over(rings[now]);
    }

    /** Makes the race over a ring. */
    abstract Race over(RingKind ring);
}
