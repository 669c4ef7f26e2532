// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

/**
 * What is asked of the device, and of the plain copy alike.
 *
 * @param pattern reads or writes or both, one after the other or anywhere
 * @param readPercent how many of a hundred are reads, where the pattern has both
 * @param blockBytes of a request, a multiple of 512
 * @param jobs how many threads ask, each on a queue of its own
 * @param areaBytes which part of the disk, from its start; whole blocks
 * @param seed decides what is random
 */
record Workload(Pattern pattern, int readPercent, int blockBytes, int jobs, long areaBytes, long seed) {
    long blocks() {
        return areaBytes / blockBytes;
    }
}
