// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest.loop;

import io.virtio4j.benchmarks.ringtest.Run;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A notification from one thread to another that may be asleep. What it costs beyond that, {@link #pause} stands for. */
final class Bell {
    /** A sleeper looks this often whether the run is over. */
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private volatile boolean rung;
    private volatile Thread sleeper;

    /** The ringer's. */
    private long rings;

    /** How often it was rung; of the ringer, or of who has seen the ringer's run end. */
    long rings() {
        return rings;
    }

    void ring() {
        rings++;
        rung = true;
        LockSupport.unpark(sleeper);
    }

    /** Sleeps until it is rung. A run that has failed or lasts too long ends by an exception, one that is stopped at once. */
    void await(Run run) {
        sleeper = Thread.currentThread();
        while (!rung && !run.isStopped()) {
            LockSupport.parkNanos(this, NAP_NANOS);
            run.check();
        }
        rung = false;
    }

    /** Works for so long on nothing, as a processor does that leaves a virtual machine or enters it. */
    static void pause(long nanos) {
        long startNanos = System.nanoTime();
        while (System.nanoTime() - startNanos < nanos) {
            Thread.onSpinWait();
        }
    }
}
