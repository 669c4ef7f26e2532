// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.SharedMemory;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What one thread does with its queue and its part of the disk, and an array of what must be there.
 *
 * <p>Requests in flight together are done in any order. So one that overlaps with another, of which either changes the disk,
 * waits for that; everything else goes out at once, until there is no buffer left.
 */
final class ModelThread {
    /** What a thread can do. */
    enum Kind {
        READ,
        WRITE,
        DISCARD,
        ZERO,
        ZERO_AND_UNMAP,
        FLUSH,
        /** With a call that waits, while others are in flight. */
        READ_AND_WAIT,
        /** Takes what has come back. */
        POLL,
        /** Waits for something to come back. */
        AWAIT
    }

    /**
     * One thing to do.
     *
     * @param sector of the thread's part, or as many beyond its end
     * @param sectors at most so many
     * @param parts in so many parts of memory, at most
     * @param seed for what is written, and where the parts lie
     */
    record Op(Kind kind, int sector, int sectors, int parts, int seed) {}

    static final int SECTORS = 45;
    static final int MAX_PARTS = 4;
    private static final int BUFFERS = 20;
    private static final int GAP_BYTES = 8;
    private static final int BUFFER_BYTES = SECTORS * 512 + MAX_PARTS * GAP_BYTES;

    /** Room for the buffers of a thread. */
    static final long MEMORY_BYTES = 1 << 19;

    private final BlkQueue queue;
    private final int firstSector;
    private final SharedMemory memory;
    private final byte[] model;
    private final BlkData data = new BlkData();
    private final InFlight[] slots = new InFlight[BUFFERS];
    private final BlkHandler handler = this::onCompleted;
    private int inFlight;
    private @Nullable String wrong;

    /** A buffer, and what is going on in it. */
    private static final class InFlight {
        private final DmaBuffer buffer;
        private boolean busy;
        private boolean changes;
        private int from;
        private int to;
        private byte[] expected = {};
        private long[] offsets = {};
        private int[] lengths = {};

        InFlight(DmaBuffer buffer) {
            this.buffer = buffer;
        }

        boolean conflicts(int otherFrom, int otherTo, boolean otherChanges) {
            return busy && (changes || otherChanges) && from < otherTo && otherFrom < to;
        }
    }

    /** @param model what the thread's part of the disk holds; copied */
    ModelThread(BlkQueue queue, int firstSector, SharedMemory memory, byte[] model) {
        this.queue = queue;
        this.firstSector = firstSector;
        this.memory = memory;
        this.model = model.clone();
        DmaArena arena = new DmaArena(memory);
        for (int i = 0; i < BUFFERS; i++) {
            slots[i] = new InFlight(arena.allocate(BUFFER_BYTES, 8));
        }
    }

    /** Does it all, and waits until it is done. */
    byte[] run(Iterable<Op> ops) {
        ops.forEach(this::run);
        while (inFlight > 0) {
            await();
        }
        check();
        return model;
    }

    private void run(Op op) {
        if (op.kind() == Kind.POLL) {
            queue.poll(handler);
        } else if (op.kind() == Kind.AWAIT) {
            if (inFlight > 0) {
                await();
            }
        } else {
            begin(op);
        }
        check();
    }

    private void begin(Op op) {
        int from = op.kind() == Kind.FLUSH ? 0 : op.sector() % SECTORS;
        int to = op.kind() == Kind.FLUSH ? 0 : from + 1 + op.sectors() % (SECTORS - from);
        boolean changes = op.kind() != Kind.READ && op.kind() != Kind.READ_AND_WAIT && op.kind() != Kind.FLUSH;
        while (isConflicting(from, to, changes)) {
            await();
        }
        int slot = free();
        while (slot < 0) {
            await();
            slot = free();
        }
        InFlight begun = slots[slot];
        begun.changes = changes;
        begun.from = from;
        begun.to = to;
        lay(begun, op);
        if (op.kind() == Kind.READ_AND_WAIT) {
            queue.read(firstSector + from, data);
            compare(begun);
            return;
        }
        begun.busy = true;
        inFlight++;
        while (submit(op, begun, slot) == BlkRequests.FULL) {
            await();
        }
    }

    private boolean isConflicting(int from, int to, boolean changes) {
        return Arrays.stream(slots).anyMatch(slot -> slot.conflicts(from, to, changes));
    }

    private int free() {
        for (int i = 0; i < slots.length; i++) {
            if (!slots[i].busy) {
                return i;
            }
        }
        return -1;
    }

    /** Lays the data in parts with gaps between them, and changes the model. */
    private void lay(InFlight begun, Op op) {
        Random random = new Random(op.seed());
        int sectors = begun.to - begun.from;
        byte[] bytes = Arrays.copyOfRange(model, begun.from * 512, begun.to * 512);
        switch (op.kind()) {
            case WRITE -> random.nextBytes(bytes);
            case DISCARD, ZERO, ZERO_AND_UNMAP -> Arrays.fill(bytes, (byte) 0);
            default -> {}
        }
        System.arraycopy(bytes, 0, model, begun.from * 512, bytes.length);
        begun.expected = op.kind() == Kind.READ || op.kind() == Kind.READ_AND_WAIT ? bytes : new byte[0];
        int parts = Math.min(sectors, 1 + op.parts());
        begun.offsets = new long[parts];
        begun.lengths = new int[parts];
        data.clear();
        long at = 0;
        int done = 0;
        for (int part = 0; part < parts; part++) {
            int left = sectors - done - (parts - part - 1);
            int take = part == parts - 1 ? left : 1 + random.nextInt(left);
            at += random.nextInt(GAP_BYTES);
            begun.offsets[part] = at;
            begun.lengths[part] = take * 512;
            data.add(begun.buffer, at, take * 512L);
            memory.putBytes(begun.buffer.offset() + at, bytes, done * 512, take * 512);
            if (begun.expected.length > 0) {
                memory.fill(begun.buffer.offset() + at, take * 512L, 0x5A);
            }
            at += take * 512L;
            done += take;
        }
    }

    private int submit(Op op, InFlight begun, int token) {
        long sector = (long) firstSector + begun.from;
        return switch (op.kind()) {
            case READ -> queue.submitRead(sector, data, token);
            case WRITE -> queue.submitWrite(sector, data, token);
            case DISCARD -> queue.submitDiscard(ranges(begun), token);
            case ZERO -> queue.submitWriteZeroes(ranges(begun), false, token);
            case ZERO_AND_UNMAP -> queue.submitWriteZeroes(ranges(begun), true, token);
            default -> queue.submitFlush(token);
        };
    }

    /** The same sectors, in as many ranges as the data has parts. */
    private BlkRanges ranges(InFlight begun) {
        BlkRanges ranges = new BlkRanges();
        long at = (long) firstSector + begun.from;
        for (int length : begun.lengths) {
            ranges.add(at, length / 512);
            at += length / 512;
        }
        return ranges;
    }

    private void await() {
        assertThat(queue.await(handler))
                .as("outcomes, of %d in flight", inFlight)
                .isPositive();
        check();
    }

    private void onCompleted(long token, int status) {
        InFlight ended = slots[(int) token];
        if (status != 0 || !ended.busy) {
            wrong = "token " + token + ", status " + status + ", busy " + ended.busy;
        }
        ended.busy = false;
        inFlight--;
        compare(ended);
    }

    private void compare(InFlight read) {
        int at = 0;
        for (int part = 0; part < read.lengths.length && read.expected.length > 0; part++) {
            byte[] bytes = new byte[read.lengths[part]];
            memory.getBytes(read.buffer.offset() + read.offsets[part], bytes, 0, bytes.length);
            int length = bytes.length;
            int differs = Arrays.mismatch(bytes, 0, length, read.expected, at, at + length);
            if (differs >= 0) {
                wrong = "a read of sectors " + read.from + " up to " + read.to + " of the part that begins at "
                        + firstSector + " differs at byte " + (at + differs) + " of " + read.expected.length;
            }
            at += length;
        }
    }

    private void check() {
        assertThat(wrong).isNull();
    }
}
