// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import org.jspecify.annotations.Nullable;

/** Commands that are shown to the device together and waited for as one. Used again and again; allocates nothing. */
final class CommandBatch implements Awaited {
    private int inFlight;
    private boolean answered;
    private int lastType;
    private @Nullable GpuException failure;

    void added(int type) {
        inFlight++;
        lastType = type;
    }

    /** One of its commands was answered. The first failure is the one that is told. */
    void completed(@Nullable GpuException newFailure) {
        inFlight--;
        answered = true;
        if (failure == null) {
            failure = newFailure;
        }
    }

    @Override
    public boolean isInFlight() {
        return inFlight > 0;
    }

    @Override
    public int type() {
        return lastType;
    }

    /** {@return whether there are answers that nobody has asked for} */
    boolean isAnswered() {
        return answered;
    }

    @Nullable
    GpuException takeFailure() {
        GpuException taken = failure;
        reset();
        return taken;
    }

    void reset() {
        inFlight = 0;
        answered = false;
        failure = null;
    }
}
