// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.device.QueueState.Part;
import io.virtio4j.device.QueueState.Taken;
import io.virtio4j.queue.RingFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A queue's state as bytes, little-endian.
 *
 * <pre>
 *   le32 magic "vqs1"   le32 length of all in bytes
 *   u8 format (0 split, 1 packed)   u8 call pending (0, 1)   le16 size
 *   le16 next avail   le16 next used   le32 number of chains
 *   per chain:  le16 id   le16 ring descriptors   le64 bytes written (-1: in hand)   le32 number of parts
 *   per part:   le64 address   le32 length   le32 flags
 * </pre>
 */
final class QueueStateCodec {
    /** "vqs1" in memory order: the name and the version. */
    private static final int MAGIC = 0x3173_7176;

    private static final int HEADER_BYTES = 20;
    private static final int CHAIN_BYTES = 16;
    private static final int PART_BYTES = 16;

    private QueueStateCodec() {}

    static byte[] encode(QueueState state) {
        long parts =
                state.taken().stream().mapToLong(chain -> chain.parts().size()).sum();
        int lengthBytes = Math.toIntExact(
                HEADER_BYTES + (long) CHAIN_BYTES * state.taken().size() + PART_BYTES * parts);
        ByteBuffer out = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(lengthBytes);
        out.put((byte) (state.format() == RingFormat.PACKED ? 1 : 0)).put((byte) (state.callPending() ? 1 : 0));
        out.putShort((short) state.size()).putShort((short) state.nextAvail()).putShort((short) state.nextUsed());
        out.putInt(state.taken().size());
        for (Taken chain : state.taken()) {
            out.putShort((short) chain.id()).putShort((short) chain.ringDescriptors());
            out.putLong(chain.writtenBytes()).putInt(chain.parts().size());
            for (Part part : chain.parts()) {
                out.putLong(part.address()).putInt((int) part.lengthBytes()).putInt(part.flags());
            }
        }
        return out.array();
    }

    static QueueState decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        require(bytes.length >= HEADER_BYTES, bytes.length + " bytes, fewer than the header has");
        int magic = in.getInt();
        require(
                magic == MAGIC,
                "it begins with 0x" + Integer.toHexString(magic) + ", not with 0x" + Integer.toHexString(MAGIC));
        int lengthBytes = in.getInt();
        require(lengthBytes == bytes.length, "it says that it has " + lengthBytes + " bytes, and has " + bytes.length);
        RingFormat format = bit(in, "format") ? RingFormat.PACKED : RingFormat.SPLIT;
        boolean callPending = bit(in, "call pending");
        int size = Short.toUnsignedInt(in.getShort());
        int nextAvail = Short.toUnsignedInt(in.getShort());
        int nextUsed = Short.toUnsignedInt(in.getShort());
        int chains = count(in, CHAIN_BYTES, "chains");
        List<Taken> taken = new ArrayList<>(chains);
        for (int i = 0; i < chains; i++) {
            taken.add(chain(in));
        }
        require(!in.hasRemaining(), in.remaining() + " bytes follow the last chain");
        return new QueueState(format, size, nextAvail, nextUsed, callPending, taken);
    }

    private static Taken chain(ByteBuffer in) {
        require(in.remaining() >= CHAIN_BYTES, "it ends within a chain");
        int id = Short.toUnsignedInt(in.getShort());
        int ringDescriptors = Short.toUnsignedInt(in.getShort());
        long writtenBytes = in.getLong();
        int count = count(in, PART_BYTES, "parts");
        List<Part> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            parts.add(new Part(in.getLong(), Integer.toUnsignedLong(in.getInt()), in.getInt()));
        }
        return new Taken(id, ringDescriptors, writtenBytes, parts);
    }

    private static boolean bit(ByteBuffer in, String name) {
        int value = Byte.toUnsignedInt(in.get());
        require(value <= 1, name + " is " + value);
        return value == 1;
    }

    /** Checked before anything is allocated for them. */
    private static int count(ByteBuffer in, int eachBytes, String name) {
        int count = in.getInt();
        require(
                count >= 0 && (long) count * eachBytes <= in.remaining(),
                Integer.toUnsignedString(count) + " " + name + " in " + in.remaining() + " bytes");
        return count;
    }

    private static void require(boolean condition, String wrong) {
        if (!condition) {
            throw new IllegalArgumentException("these bytes are no state of a queue: " + wrong);
        }
    }
}
