// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

/**
 * What all jobs together did in a moment on one side, or in several.
 *
 * @param count requests, or copies
 * @param nanos from the first job's start to the last job's end
 * @param allocatedBytes by the threads of the jobs
 */
record Slice(long count, long nanos, long allocatedBytes) {
    static final Slice NONE = new Slice(0, 0, 0);

    Slice plus(Slice other) {
        return new Slice(count + other.count, nanos + other.nanos, allocatedBytes + other.allocatedBytes);
    }

    /** The time that passes from one to the next. */
    double nanosEach() {
        return (double) nanos / count;
    }

    double perSecond() {
        return count / (nanos / 1e9);
    }
}
