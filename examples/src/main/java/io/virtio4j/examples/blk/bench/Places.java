// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import java.util.SplittableRandom;

/**
 * Where one job goes next, and whether to read or to write there. The same for the device and for the plain copy: what is
 * random comes out of the same seed. One thread; allocates nothing after it was made.
 */
final class Places {
    private static final int PERCENT = 100;

    private final boolean random;
    private final int readPercent;
    private final int blockBytes;
    private final long blocks;
    private final SplittableRandom numbers;
    private long block;
    private boolean read;

    /**
     * The places of a job.
     *
     * @param job which, from 0 on; where the pattern is one after the other, the jobs begin at equal distances
     */
    Places(Workload workload, int job) {
        Pattern pattern = workload.pattern();
        random = pattern.isRandom();
        readPercent = !pattern.writes() ? PERCENT : pattern.reads() ? workload.readPercent() : 0;
        blockBytes = workload.blockBytes();
        blocks = workload.blocks();
        numbers = new SplittableRandom(workload.seed() + job);
        block = blocks * job / workload.jobs() - 1;
    }

    /** Goes on to the next place. */
    void next() {
        if (random) {
            block = numbers.nextLong(blocks);
        } else if (++block == blocks) {
            block = 0;
        }
        read = readPercent == PERCENT || (readPercent > 0 && numbers.nextInt(PERCENT) < readPercent);
    }

    long offsetBytes() {
        return block * blockBytes;
    }

    boolean isRead() {
        return read;
    }
}
