// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuQueues;
import io.virtio4j.wire.GpuSharedMemoryId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.ErrorHandler;

/**
 * A GPU that is up: its features, queues, configuration and shared memory. VirtIO 1.2, 5.7.2 to 5.7.5.
 *
 * <p>VIRGL is never acknowledged, and CONTEXT_INIT, which builds on it, neither: 2D only.
 */
final class GpuSession {
    private static final Features TYPE_FEATURES = Features.of(
            GpuFeatureBits.EDID,
            GpuFeatureBits.RESOURCE_UUID,
            GpuFeatureBits.RESOURCE_BLOB,
            GpuFeatureBits.BLOB_ALIGNMENT);

    private final DriverSession session;
    private final DeviceHealth health;
    private final List<CommandQueue> queues;
    private final ErrorHandler errorHandler;
    private final Features features;
    private final Optional<SharedMemory> hostVisibleRegion;
    private final int scanoutCount;
    private final long blobAlignmentBytes;

    private GpuSession(
            DriverSession session, DeviceHealth health, List<CommandQueue> queues, ErrorHandler errorHandler) {
        this.session = session;
        this.health = health;
        this.queues = queues;
        this.errorHandler = errorHandler;
        this.features = session.features();
        // The one id that is defined, see GpuSharedMemoryId.
        this.hostVisibleRegion = session.transport().sharedMemoryRegion(GpuSharedMemoryId.HOST_VISIBLE);
        this.scanoutCount = readScanoutCount();
        this.blobAlignmentBytes = readBlobAlignment();
    }

    /** Sets the device up to DRIVER_OK. */
    static GpuSession open(Transport transport, DmaArena arena, GpuOptions options) {
        DriverSpec spec = new DriverSpec(
                DeviceId.GPU, options.ringFeatures().or(TYPE_FEATURES), Features.NONE, GpuFeatureBits.DEPENDENCIES);
        DriverSession session = DriverSession.open(transport, spec);
        DeviceHealth health = DeviceHealth.of(session, options.errorHandler());
        List<CommandQueue> queues = new ArrayList<>();
        try {
            for (int index = 0; index < GpuQueues.COUNT; index++) {
                queues.add(CommandQueue.setUp(session, index, arena, health, options));
            }
            GpuSession opened = new GpuSession(session, health, queues, options.errorHandler());
            session.driverOk();
            return opened;
        } catch (RuntimeException e) {
            session.giveUp(e);
            try {
                shutDown(session, queues);
            } catch (TransportException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** Resets the device, after which it owns nothing any more, and gives all memory back. */
    private static void shutDown(DriverSession session, List<CommandQueue> queues) {
        session.close();
        queues.forEach(CommandQueue::cancel);
    }

    void close() {
        health.closing();
        shutDown(session, queues);
    }

    /** A device may leave the number to others who forward its configuration: then every scanout may be there. */
    private int readScanoutCount() {
        int count = readConfig(GpuConfigLayout.NUM_SCANOUTS);
        return count >= 1 && count <= GpuConfigLayout.MAX_SCANOUTS ? count : GpuConfigLayout.MAX_SCANOUTS;
    }

    /** Whatever the device says that is no alignment is told, and leaves the driver without blobs. */
    private long readBlobAlignment() {
        if (!features.has(GpuFeatureBits.RESOURCE_BLOB)) {
            return 0;
        }
        if (!features.has(GpuFeatureBits.BLOB_ALIGNMENT)) {
            return 1;
        }
        long alignment = Integer.toUnsignedLong(readConfig(GpuConfigLayout.BLOB_ALIGNMENT));
        if (Long.bitCount(alignment) == 1) {
            return alignment;
        }
        errorHandler.onError(
                new GpuDeviceException("no blobs: blob_alignment is " + alignment + ", which is no power of two"));
        return 0;
    }

    /** {@return a le32 of the configuration, or 0 where the device has none} */
    int readConfig(int offset) {
        if (session.transport().configLengthBytes() < offset + Integer.BYTES) {
            return 0;
        }
        byte[] bytes = session.readConfig(offset, Integer.BYTES);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    /** Only events_clear may be written. */
    void clearDisplayEvent() {
        session.transport()
                .writeConfig(GpuConfigLayout.EVENTS_CLEAR, new byte[] {GpuConfigLayout.EVENT_DISPLAY, 0, 0, 0});
    }

    boolean takeConfigChanged() {
        return health.takeConfigChanged();
    }

    CommandQueue control() {
        return queues.get(GpuQueues.CONTROL);
    }

    CommandQueue cursor() {
        return queues.get(GpuQueues.CURSOR);
    }

    Features features() {
        return features;
    }

    Optional<SharedMemory> hostVisibleRegion() {
        return hostVisibleRegion;
    }

    int scanoutCount() {
        return scanoutCount;
    }

    /** {@return what a blob's length is a multiple of; 0: there are no blobs} */
    long blobAlignmentBytes() {
        return blobAlignmentBytes;
    }

    ErrorHandler errorHandler() {
        return errorHandler;
    }

    void checkScanout(int scanoutId) {
        if (scanoutId < 0 || scanoutId >= scanoutCount) {
            throw new IllegalArgumentException("scanout " + scanoutId + " of " + scanoutCount);
        }
    }

    void checkFeature(int feature, String name) {
        if (!features.has(feature)) {
            throw new IllegalStateException("the device has not offered " + name + ": " + features);
        }
    }
}
