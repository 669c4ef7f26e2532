// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.ring.PackedRing;
import io.virtio4j.wire.FeatureBits;

/**
 * E: one side of a packed queue arms by event index, which stores a position and then flags; the other loads both.
 *
 * <p>The area held another position before, with the flags DISABLE. Who loads the flags DESC has to see the position that was
 * stored for them.
 */
final class EventAreaRace implements Race {
    private static final int OLD_POSITION = 3;
    private static final int MOMENT_SPINS = 10;

    private final String ring;
    private final boolean driverArms;
    private final boolean twoLoads;
    private final QueuePair queue;
    private final PackedRing raw;
    private final long area;

    private EventAreaRace(RingKind kind, boolean driverArms, boolean twoLoads) {
        ring = driverArms ? "the driver's area" : "the device's area";
        this.driverArms = driverArms;
        this.twoLoads = twoLoads;
        queue = new QueuePair(kind, 3);
        raw = PackedRing.of(queue.config, queue.piece().guestMemory());
        long address = driverArms
                ? queue.config.addresses().driverArea()
                : queue.config.addresses().deviceArea();
        area = address - queue.memory().guestAddress();
        if (driverArms) {
            raw.putDriverEventOffWrap(OLD_POSITION);
            queue.driver.disableCallbacks();
        } else {
            raw.putDeviceEventOffWrap(OLD_POSITION);
            queue.device.disableNotifications();
        }
    }

    /** Arming by either side, which the other sees with one load as the library does, or with two. */
    static final class All implements RaceSource {
        private final RingKind[] kinds = RingKind.with(RingFormat.PACKED, FeatureBits.EVENT_IDX, "EVENT_IDX");
        private final boolean twoLoads;
        private int turn;

        All(boolean twoLoads) {
            this.twoLoads = twoLoads;
        }

        @Override
        public Race next() {
            int now = turn++ & 3;
            return new EventAreaRace(kinds[now >> 1], (now & 1) == 0, twoLoads);
        }
    }

    @Override
    public String driver() {
        return driverArms ? arm() : look();
    }

    @Override
    public String device() {
        return driverArms ? look() : arm();
    }

    private String arm() {
        boolean quiet = driverArms ? queue.driver.enableCallbacks() : queue.device.enableNotifications();
        return quiet ? "armed" : "awake";
    }

    private String look() {
        int event;
        if (twoLoads) {
            int offWrap = queue.memory().getLe16Opaque(area + PackedLayout.EVENT_OFF_WRAP);
            // Any moment may pass between two loads; a longer one is met more often.
            for (int i = 0; i < MOMENT_SPINS; i++) {
                Thread.onSpinWait();
            }
            int flags = queue.memory().getLe16Opaque(area + PackedLayout.EVENT_FLAGS);
            event = flags << Short.SIZE | offWrap;
        } else {
            event = driverArms ? raw.driverEventOpaque(raw.mb()) : raw.deviceEventOpaque(raw.mb());
        }
        boolean old = (event & 0xFFFF) == OLD_POSITION;
        return switch (event >>> Short.SIZE) {
            case PackedLayout.EVENT_DISABLE -> old ? "nothing yet" : "the position alone";
            case PackedLayout.EVENT_DESC -> old ? "the flags alone" : "both";
            default -> "flags " + (event >>> Short.SIZE);
        };
    }

    @Override
    public String ring() {
        return ring;
    }
}
