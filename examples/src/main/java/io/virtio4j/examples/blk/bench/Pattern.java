// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import java.util.Locale;

/** What {@code --rw} takes, by fio's names. */
enum Pattern {
    READ(false, true, false),
    WRITE(false, false, true),
    RW(false, true, true),
    RANDREAD(true, true, false),
    RANDWRITE(true, false, true),
    RANDRW(true, true, true);

    private final boolean random;
    private final boolean reads;
    private final boolean writes;

    Pattern(boolean random, boolean reads, boolean writes) {
        this.random = random;
        this.reads = reads;
        this.writes = writes;
    }

    boolean isRandom() {
        return random;
    }

    boolean reads() {
        return reads;
    }

    boolean writes() {
        return writes;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
