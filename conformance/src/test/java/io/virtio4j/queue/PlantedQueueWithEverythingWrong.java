// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.gpu.PlantedGpuMeetsBlk;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Breaks every rule on purpose: knows a half and a driver, touches memory, keeps and hands on tokens, issues a raw fence. */
public final class PlantedQueueWithEverythingWrong {

    DriverQueue half;
    PlantedGpuMeetsBlk other;
    UnsafeBuffer raw;
    Wmb[] kept = new Wmb[1];

    Rmb travelling() {
        return Rmb.issue();
    }

    @Test
    void fence() {
        VarHandle.storeStoreFence();
    }
}
