// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.stress.Interleavings;
import io.virtio4j.stress.OneQueueDevice;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/** Orders and reports between a session and a worker, in many orders of their steps: who is in the queue is there alone. */
class QueueWorkerInterleavingsTest {
    private static final QueueWorker.Orders NOTHING = new QueueWorker.Orders(new DeviceQueue[0], null);

    /** Made once: its ring lies outside the heap, where Lincheck does not look, and nobody touches it here. */
    private static final DeviceQueue QUEUE = queue();

    private static DeviceQueue queue() {
        SharedMemory memory = SharedMemory.allocate(4096, 4096);
        QueueConfig config =
                new QueueConfig(0, 4, Features.of(FeatureBits.VERSION_1), new QueueAddresses(4096, 5120, 6144));
        return DeviceQueue.create(config, GuestMemory.of(memory), CallSink.NONE, error -> {});
    }

    /** Says who is in the queue, and throws if two are. */
    private static final class Watched extends OneQueueDevice {
        private final AtomicInteger inside = new AtomicInteger();

        void use() {
            if (inside.incrementAndGet() != 1) {
                throw new IllegalStateException("two in the queue at once");
            }
            inside.decrementAndGet();
        }

        @Override
        public int onQueue(DeviceQueue served) {
            use();
            return 1;
        }
    }

    /** What the session goes by before it uses the queue itself. */
    private interface Permission {
        boolean isGiven(QueueWorker worker);
    }

    private static void takeTheQueueBack(Permission permission) throws InterruptedException {
        Watched device = new Watched();
        QueueWorker worker = new QueueWorker(0, device, false, () -> {});
        worker.order(new QueueWorker.Orders(new DeviceQueue[] {QUEUE}, null));
        worker.service();
        Thread workersThread = new Thread(() -> {
            worker.service();
            worker.service();
        });
        workersThread.start();
        worker.order(NOTHING);
        if (permission.isGiven(worker)) {
            device.use();
        }
        workersThread.join();
        // What the device throws, the worker reports.
        if (worker.failure() != null) {
            throw new IllegalStateException(worker.failure().cause());
        }
    }

    @Test
    void aSessionThatHasTheReportIsAloneInTheQueue() {
        Interleavings.tryAll(() -> takeTheQueueBack(worker -> worker.hasTaken(NOTHING)));
    }

    @Test
    void aSessionThatDoesNotWaitForTheReportIsFound() {
        assertThatThrownBy(() -> Interleavings.tryAll(() -> takeTheQueueBack(worker -> true)))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("two in the queue at once");
    }
}
