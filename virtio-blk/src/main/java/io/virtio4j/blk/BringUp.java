// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;

/** From a transport to a driver that works. VirtIO 1.2, 5.2.5 Device Initialization. */
final class BringUp {
    private static final Features WANTED = Features.of(
            BlkFeatureBits.SIZE_MAX,
            BlkFeatureBits.SEG_MAX,
            BlkFeatureBits.RO,
            BlkFeatureBits.BLK_SIZE,
            BlkFeatureBits.FLUSH);

    /** Chains of more parts take a descriptor a part. Most requests are a header, one or a few parts, and a status. */
    private static final int INDIRECT_ENTRIES = 8;

    private static final int REQUEST_QUEUE = 0;

    private final DriverSession session;
    private final DmaArena arena;
    private final BlkOptions options;
    private final List<DmaBuffer> carved = new ArrayList<>();

    private BringUp(DriverSession session, DmaArena arena, BlkOptions options) {
        this.session = session;
        this.arena = arena;
        this.options = options;
    }

    static BlkDevice open(Transport transport, DmaArena arena, BlkOptions options) {
        DriverSpec spec = new DriverSpec(DeviceId.BLOCK, WANTED.or(options.ringFeatures()), Features.NONE, List.of());
        BringUp bringUp = new BringUp(DriverSession.open(transport, spec), arena, options);
        try {
            return bringUp.device();
        } catch (RuntimeException e) {
            bringUp.undo(e);
            throw e;
        }
    }

    private BlkDevice device() {
        int needed = BlkConfig.lengthBytes(session.features());
        int there = session.transport().configLengthBytes();
        if (there < needed) {
            throw session.giveUp(
                    "the device's configuration has " + there + " bytes; the features agreed on need " + needed);
        }
        int size = queueSize();
        BlkConfig config = BlkConfig.read(session);
        RequestLimits limits = RequestLimits.of(config.segMax(), config.sizeMaxBytes(), size);
        if (!limits.allowASector()) {
            throw session.giveUp("the device takes no request of a sector: at most " + limits.segments()
                    + " segments of " + limits.segmentBytes() + " bytes");
        }
        DeviceHealth health = DeviceHealth.of(session, options.errorHandler());
        ActiveQueue active = session.setUpQueue(
                REQUEST_QUEUE, size, INDIRECT_ENTRIES, arena, options.barriers(), CallSink.NONE, health);
        RequestSlots slots = new RequestSlots(carve(RequestSlots.lengthBytes(size)), size);
        DmaBuffer id = carve(BlkRequestLayout.ID_BYTES);
        RequestQueue requests = new RequestQueue(active, slots, limits, options);
        session.driverOk();
        return new BlkDevice(session, health, requests, id, config);
    }

    private int queueSize() {
        int max = session.transport().maxQueueSize(REQUEST_QUEUE);
        int size = Math.min(options.queueSize(), max);
        if (RingFormat.of(session.features()) == RingFormat.SPLIT) {
            size = Integer.highestOneBit(size);
        }
        if (size < BlkOptions.MIN_QUEUE_SIZE) {
            throw session.giveUp(
                    "the device's queue takes " + max + " descriptors; a request needs " + BlkOptions.MIN_QUEUE_SIZE);
        }
        return size;
    }

    private DmaBuffer carve(long lengthBytes) {
        DmaBuffer buffer = arena.allocate(lengthBytes, RequestSlots.alignBytes());
        carved.add(buffer);
        return buffer;
    }

    private void undo(RuntimeException cause) {
        try {
            session.close();
            carved.forEach(DmaBuffer::free);
        } catch (TransportException e) {
            // The device may still use the memory: it stays carved out.
            cause.addSuppressed(e);
        }
    }
}
