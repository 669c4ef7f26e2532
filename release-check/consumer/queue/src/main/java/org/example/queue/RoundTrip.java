// SPDX-License-Identifier: Apache-2.0
package org.example.queue;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.nio.charset.StandardCharsets;
import org.agrona.ErrorHandler;

/** Both halves of a split virtqueue with nothing but virtio-core: a request in small letters, its answer in capitals. */
public final class RoundTrip {
    private static final int QUEUE_SIZE = 8;
    private static final long TOKEN = 42;

    private RoundTrip() {}

    /**
     * Prints the answer, or fails.
     *
     * @param args none
     */
    public static void main(String[] args) {
        ErrorHandler fail = error -> {
            throw new IllegalStateException(error);
        };
        SharedMemory ram = SharedMemory.allocate(1 << 16, 0x4000_0000);
        GuestMemory guest = GuestMemory.of(ram);
        DmaArena arena = new DmaArena(ram);
        QueueAddresses addresses = new QueueAddresses(
                arena.allocate(SplitLayout.descriptorTableBytes(QUEUE_SIZE), SplitLayout.DESC_ALIGN)
                        .guestAddress(),
                arena.allocate(SplitLayout.availRingBytes(QUEUE_SIZE), SplitLayout.AVAIL_ALIGN)
                        .guestAddress(),
                arena.allocate(SplitLayout.usedRingBytes(QUEUE_SIZE), SplitLayout.USED_ALIGN)
                        .guestAddress());
        QueueConfig config = new QueueConfig(0, QUEUE_SIZE, Features.of(FeatureBits.VERSION_1), addresses);
        DriverQueue driver = DriverQueue.create(config, guest, BarrierPolicy.OPTIMIZED, fail);
        DeviceQueue device = DeviceQueue.create(config, guest, CallSink.NONE, fail);

        byte[] bytes = "round trip".getBytes(StandardCharsets.US_ASCII);
        DmaBuffer request = arena.allocate(bytes.length, 16);
        DmaBuffer answer = arena.allocate(bytes.length, 16);
        ram.putBytes(request.offset(), bytes, 0, bytes.length);
        driver.offer(new BufferChain(2).addReadable(request).addWritable(answer), TOKEN);

        int handle = device.next();
        DescriptorChain chain = device.chain(handle);
        for (long i = 0; i < chain.readableBytes(); i++) {
            chain.putByte(i, Character.toUpperCase(chain.getByte(i)));
        }
        device.complete(handle, bytes.length);
        device.flush();

        int used = driver.poll(
                (token, writtenBytes) -> {
                    if (token != TOKEN || writtenBytes != bytes.length) {
                        throw new IllegalStateException("token " + token + ", " + writtenBytes + " bytes");
                    }
                },
                1);
        ram.getBytes(answer.offset(), bytes, 0, bytes.length);
        String text = new String(bytes, StandardCharsets.US_ASCII);
        if (used != 1 || !text.equals("ROUND TRIP")) {
            throw new IllegalStateException(used + " used, answer " + text);
        }
        System.out.println(text);
    }
}
