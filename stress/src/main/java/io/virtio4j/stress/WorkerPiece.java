// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.QueueWorker;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;

/** A running session whose one queue a worker serves. What stands for the queue's state is a plain field of the device. */
final class WorkerPiece extends OneQueueDevice {
    /** Who did not come to the queue. */
    static final int AWAY = -1;

    private static final int LOOKS = 20;
    private static final Features VERSION_1 = Features.of(FeatureBits.VERSION_1);

    private final DeviceSession session;
    private final QueueWorker worker;
    private int queue;
    private int foundByWorker = AWAY;
    private int foundBySession = AWAY;

    WorkerPiece() {
        MemoryPiece piece = MemoryPiece.ofLines(3);
        QueueConfig config = new QueueConfig(
                0,
                QueuePair.SMALL,
                VERSION_1,
                new QueueAddresses(
                        piece.guestAddress(),
                        piece.guestAddress() + MemoryPiece.LINE_BYTES,
                        piece.guestAddress() + 2L * MemoryPiece.LINE_BYTES));
        session = new DeviceSession(this, piece.guestMemory(), () -> {}, error -> {});
        worker = session.handOver(1, false, number -> {}, () -> {}).get(0);
        session.acknowledgeFeatures(VERSION_1);
        session.configureQueue(config, CallSink.NONE);
        session.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK);
        session.writeStatus(session.status() | DeviceStatus.DRIVER_OK);
        worker.service();
        queue = 0;
        foundByWorker = AWAY;
    }

    /** Two turns; what the last one found that served the queue. */
    int serveTwice() {
        worker.service();
        worker.service();
        return foundByWorker;
    }

    /** Stops the queue and, when the worker is seen to have let go, uses it; what that found. */
    int stop() {
        session.stopQueue(0);
        for (int look = 0; look < LOOKS && foundBySession == AWAY; look++) {
            session.service();
        }
        return foundBySession;
    }

    @Override
    public int onQueue(DeviceQueue served) {
        foundByWorker = queue;
        queue = foundByWorker + 1;
        return 1;
    }

    @Override
    public boolean onQueueStop(int queueIndex) {
        foundBySession = queue;
        queue = foundBySession + 10;
        return true;
    }

    @Override
    public boolean servesQueuesConcurrently() {
        return true;
    }
}
