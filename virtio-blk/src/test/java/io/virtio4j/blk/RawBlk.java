// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkSegmentLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.YieldingIdleStrategy;

/** A driver that checks nothing and sends what it is told to, byte for byte. */
final class RawBlk implements AutoCloseable {
    private static final int QUEUE_SIZE = 64;
    private static final int POISON = 0xEE;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Rig rig;
    private final DriverSession session;
    private final List<ActiveQueue> queues = new ArrayList<>();
    private final BufferChain chain = new BufferChain(QUEUE_SIZE);

    /** What a request's writable buffers held when it came back. */
    static final class Answer {
        private final int status;
        private final byte[] data;
        private final long usedBytes;

        private Answer(int status, byte[] data, long usedBytes) {
            this.status = status;
            this.data = data;
            this.usedBytes = usedBytes;
        }

        int status() {
            return status;
        }

        byte[] data() {
            return data;
        }

        long usedBytes() {
            return usedBytes;
        }
    }

    RawBlk(Rig rig, DriverVariant driver) {
        this.rig = rig;
        this.session = DriverSession.open(rig.transport, BlkFeatures.spec(driver.of(rig.options())));
        for (int index = 0; index < driver.queues(); index++) {
            queues.add(session.setUpQueue(
                    index, QUEUE_SIZE, rig.arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, rig.driverErrors::add));
        }
        session.driverOk();
    }

    int queueCount() {
        return queues.size();
    }

    static byte[] header(int type, long sector) {
        return ByteBuffer.allocate(BlkRequestLayout.HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(BlkRequestLayout.TYPE, type)
                .putLong(BlkRequestLayout.SECTOR, sector)
                .array();
    }

    /** The data of a request on ranges: sector, sectors and flags of each. */
    static byte[] segments(long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length / 3 * BlkSegmentLayout.LENGTH_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < numbers.length; i += 3) {
            bytes.putLong(numbers[i]).putInt((int) numbers[i + 1]).putInt((int) numbers[i + 2]);
        }
        return bytes.array();
    }

    /** Header, data, and room for data and a status. */
    Answer send(int queue, int type, long sector, byte[] out, int inBytes) {
        List<byte[]> readable = out.length == 0 ? List.of(header(type, sector)) : List.of(header(type, sector), out);
        return send(queue, readable, List.of(inBytes + BlkRequestLayout.STATUS_BYTES));
    }

    Answer send(int queue, List<byte[]> readable, List<Integer> writable) {
        List<DmaBuffer> buffers = new ArrayList<>();
        chain.clear();
        for (byte[] bytes : readable) {
            DmaBuffer buffer = rig.arena.allocate(bytes.length, 1);
            rig.memory.putBytes(buffer.offset(), bytes, 0, bytes.length);
            chain.addReadable(buffer);
            buffers.add(buffer);
        }
        List<DmaBuffer> answers = new ArrayList<>();
        for (int length : writable) {
            DmaBuffer buffer = rig.arena.allocate(length, 1);
            rig.memory.fill(buffer.offset(), length, POISON);
            chain.addWritable(buffer);
            answers.add(buffer);
        }
        long used = exchange(queues.get(queue));
        int total =
                answers.stream().mapToInt(buffer -> (int) buffer.lengthBytes()).sum();
        ByteBuffer bytes = ByteBuffer.allocate(total);
        answers.forEach(buffer -> bytes.put(rig.bytes(buffer)));
        buffers.forEach(DmaBuffer::free);
        answers.forEach(DmaBuffer::free);
        return total == 0
                ? new Answer(POISON, new byte[0], used)
                : new Answer(bytes.get(total - 1) & 0xFF, Arrays.copyOf(bytes.array(), total - 1), used);
    }

    private long exchange(ActiveQueue active) {
        assertThat(active.queue().offer(chain, 1)).isNotNegative();
        active.queue().kick(active.doorbell());
        long[] used = {-1};
        int taken = active.queue()
                .pollUsedFor((token, written) -> used[0] = written, 1, PATIENCE_NANOS, new YieldingIdleStrategy());
        assertThat(taken).as("requests that came back").isEqualTo(1);
        return used[0];
    }

    byte[] read(int queue, long sector, int sectors) {
        Answer answer = send(queue, BlkRequestType.IN, sector, new byte[0], sectors * BlkRequestLayout.SECTOR_BYTES);
        assertThat(answer.status()).isZero();
        return answer.data();
    }

    @Override
    public void close() {
        session.close();
    }
}
