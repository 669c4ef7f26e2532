// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.nio.charset.StandardCharsets;

/** A user's program, run by {@link NoFlagTest}: one request there and back through each kind of ring. */
final class NoFlagProgram {
    private static final int QUEUE_SIZE = 16;

    private NoFlagProgram() {}

    public static void main(String[] args) {
        try {
            Features features = Features.of(FeatureBits.VERSION_1, FeatureBits.EVENT_IDX);
            System.out.println("split: " + shout(QueuePair.of(QUEUE_SIZE, features), "hello"));
            System.out.println(
                    "packed: " + shout(QueuePair.of(QUEUE_SIZE, features.with(FeatureBits.RING_PACKED)), "hello"));
        } catch (IllegalStateException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }

    private static String shout(QueuePair queue, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        DmaBuffer buffer = queue.buffer(bytes.length);
        queue.memory.putBytes(buffer.offset(), bytes, 0, bytes.length);

        queue.driver.offer(new BufferChain(2).addReadable(buffer).addWritable(buffer), 1);
        boolean kicked = queue.driver.kickNeeded();
        int handle = queue.device.next();
        DescriptorChain chain = queue.device.chain(handle);
        for (int i = 0; i < bytes.length; i++) {
            chain.putByte(i, Character.toUpperCase(chain.getByte(i)));
        }
        queue.device.complete(handle, bytes.length);
        queue.device.flush();

        if (!kicked || queue.calls != 1 || queue.poll().size() != 1) {
            throw new AssertionError("kicked " + kicked + ", called " + queue.calls + " times");
        }
        queue.memory.getBytes(buffer.offset(), bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
