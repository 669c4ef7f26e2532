// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuResponse;
import io.virtio4j.wire.GpuSharedMemoryId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A GPU that writes down each request and answers what the test wants. */
final class ScriptedGpu implements VirtioDevice {
    /** The request as bytes; types alone in {@link #types()}. */
    final List<byte[]> requests = new ArrayList<>();

    final ConfigSpace config;
    final int queueSize;

    /** Changes the right answer into the one that is sent; an empty one is used with 0 bytes written. */
    UnaryOperator<ByteBuffer> answer = right -> right;

    /** Requests of these types are taken and never used. */
    final Set<Integer> kept = new HashSet<>();

    /** Features of the device type. */
    Features offered = Features.NONE;

    Optional<SharedMemory> hostVisible = Optional.empty();

    /** What the driver acknowledged. */
    Features negotiated = Features.NONE;

    int deviceId = DeviceId.GPU;

    ScriptedGpu() {
        this(16, 64);
    }

    ScriptedGpu(int configLengthBytes, int queueSize) {
        this.config = new ConfigSpace(configLengthBytes);
        this.queueSize = queueSize;
    }

    List<Integer> types() {
        return requests.stream().map(request -> le32(request, 0)).toList();
    }

    byte[] last() {
        return requests.get(requests.size() - 1);
    }

    static int le32(byte[] bytes, int offset) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    }

    static long le64(byte[] bytes, int offset) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(offset);
    }

    @Override
    public boolean onQueueStop(int queueIndex) {
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {}

    @Override
    public int onQueue(DeviceQueue queue) {
        int taken = 0;
        for (int id = queue.next(); id >= 0; id = queue.next()) {
            DescriptorChain chain = queue.chain(id);
            byte[] request = new byte[(int) chain.readableBytes()];
            chain.getBytes(0, request, 0, request.length);
            requests.add(request);
            taken++;
            if (kept.contains(le32(request, 0))) {
                continue;
            }
            ByteBuffer response = answer.apply(rightAnswer(request, (int) chain.writableBytes()));
            byte[] bytes = new byte[response.limit()];
            response.get(0, bytes);
            chain.putBytes(0, bytes, 0, bytes.length);
            queue.complete(id, bytes.length);
        }
        queue.flush();
        return taken;
    }

    private static ByteBuffer rightAnswer(byte[] request, int room) {
        ByteBuffer response = ByteBuffer.allocate(room).order(ByteOrder.LITTLE_ENDIAN);
        response.put(0, request, 0, GpuHeader.LENGTH_BYTES);
        return response.putInt(
                GpuHeader.TYPE,
                switch (le32(request, GpuHeader.TYPE)) {
                    case GpuCommand.GET_DISPLAY_INFO -> GpuResponse.OK_DISPLAY_INFO;
                    case GpuCommand.GET_EDID -> GpuResponse.OK_EDID;
                    case GpuCommand.RESOURCE_ASSIGN_UUID -> GpuResponse.OK_RESOURCE_UUID;
                    default -> GpuResponse.OK_NODATA;
                });
    }

    @Override
    public int deviceId() {
        return deviceId;
    }

    @Override
    public Features offeredFeatures() {
        return offered;
    }

    @Override
    public int queueCount() {
        return 2;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return queueSize;
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public void start(Features acknowledged, List<DeviceQueue> queues) {
        negotiated = acknowledged;
    }

    @Override
    public Optional<SharedMemory> sharedMemoryRegion(int id) {
        return id == GpuSharedMemoryId.HOST_VISIBLE ? hostVisible : Optional.empty();
    }

    @Override
    public void reset() {}
}
