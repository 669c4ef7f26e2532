// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkStatus;

/** Sends one operation and waits for it, while submitted ones go on. */
final class BlockingCalls {
    private static final long NO_TOKEN = 0;

    private final RequestQueue requests;
    private final DeviceHealth health;

    BlockingCalls(RequestQueue requests, DeviceHealth health) {
        this.requests = requests;
        this.health = health;
    }

    void run(BlkOperation operation, long sector, BlkData parts) {
        awaitRoom(operation, sector, parts.lengthBytes());
        await(requests.begin(operation, sector, parts, NO_TOKEN, true));
    }

    void run(BlkOperation operation, BlkRanges ranges, RangeLimits covers, boolean unmap) {
        awaitRoom(operation, ranges.sector(0), ranges.sectorCount() * BlkRequestLayout.SECTOR_BYTES);
        await(requests.begin(operation, ranges, covers, unmap, NO_TOKEN, true));
    }

    /** Room comes when submitted requests end, and they do at the latest when they time out. */
    private void awaitRoom(BlkOperation operation, long sector, long lengthBytes) {
        requests.beginWait();
        BlkDeviceException.throwIfFailed(health);
        while (!requests.hasRoom(true)) {
            if (requests.isStuck()) {
                throw requests.neverSent(operation, sector, lengthBytes);
            }
            requests.waitASlice();
            BlkDeviceException.throwIfFailed(health);
        }
    }

    private void await(PendingOperation pending) {
        try {
            while (!pending.isEnded() && pending.timeout() == null) {
                BlkDeviceException.throwIfFailed(health);
                requests.waitASlice();
            }
            BlkTimeoutException timeout = pending.timeout();
            if (timeout != null) {
                throw timeout;
            }
            if (pending.status() != BlkStatus.OK) {
                throw pending.failure();
            }
        } finally {
            requests.forget(pending);
        }
    }
}
