// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

/** A ring of this JVM. */
final class RingContender implements Contender {
    private static final long LEAST_BUFFERS = 100;
    private static final int WARM_UP_PIECES = 16;

    private final String name;
    private final Ring ring;
    private final Ends ends;
    private double nanosEach;

    RingContender(String name, Ring ring, Ends ends) {
        this.name = name;
        this.ring = ring;
        this.ends = ends;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void warmUp(long nanos) {
        long startNanos = System.nanoTime();
        run(LEAST_BUFFERS);
        while (System.nanoTime() - startNanos < nanos) {
            // In pieces: a loop is compiled anew between two of them, and what it should be called by is known by then.
            run(buffers(nanos / WARM_UP_PIECES));
        }
    }

    @Override
    public Work measure(long nanos) {
        return run(buffers(nanos));
    }

    private long buffers(long nanos) {
        return Math.max(LEAST_BUFFERS, (long) (nanos / nanosEach));
    }

    /** {@return how often the driver was told and telling} */
    Ring ring() {
        return ring;
    }

    private Work run(long buffers) {
        Ends.Slice slice = ends.run(ring, buffers);
        nanosEach = (double) slice.nanos() / buffers;
        return new Work(nanosEach, buffers, slice.allocatedBytes());
    }
}
