// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Block requests of any shape, and a model that knows from the specification what each is answered with and what is on the disk
 * afterwards. In the other half of the inputs the store ends requests late, in any order, or badly.
 */
final class BlkTarget implements FuzzTarget {
    private static final int SECTORS = 16;
    private static final int SECTOR_BYTES = 512;
    private static final int HEADER_BYTES = 16;
    private static final int SEGMENT_BYTES = 16;
    private static final String ID = "fuzz";
    private static final int[] TYPES = {
        BlkRequestType.IN,
        BlkRequestType.OUT,
        BlkRequestType.IN,
        BlkRequestType.OUT,
        BlkRequestType.FLUSH,
        BlkRequestType.GET_ID,
        BlkRequestType.DISCARD,
        BlkRequestType.WRITE_ZEROES,
        BlkRequestType.SECURE_ERASE,
        BlkRequestType.GET_LIFETIME
    };

    @Override
    public String name() {
        return "blk-requests";
    }

    @Override
    public String toString() {
        return name();
    }

    @Override
    public long play(byte[] input) {
        Steps steps = new Steps(input);
        Play play = new Play(steps);
        while (steps.next()) {
            play.step();
        }
        play.reset();
        return steps.done();
    }

    /** Of requests that are answered at once: what must come back. */
    private static final class Expected {
        private final int status;
        private final byte[] data;

        Expected(int status, byte[] data) {
            this.status = status;
            this.data = data;
        }
    }

    private static final class Play {
        private static final byte[] NOTHING = {};

        private final Steps steps;
        private final ArrayStore store = new ArrayStore(SECTORS * SECTOR_BYTES);
        private final byte[] model = new byte[SECTORS * SECTOR_BYTES];
        private final RequestRig rig;
        private final Map<Integer, Integer> statusAt = new LinkedHashMap<>();
        private final boolean late;

        Play(Steps steps) {
            this.steps = steps;
            int dial = steps.byteValue();
            late = (dial & 12) == 0;
            rig = new RequestRig(new SimBlk(store, SimBlkOptions.DEFAULTS.withId(ID), error -> {}), null, dial);
        }

        void step() {
            if (steps.oneIn(128)) {
                reset();
                return;
            }
            if (late && steps.oneIn(3)) {
                endLate();
                return;
            }
            int slot = rig.freeSlot();
            if (slot < 0) {
                endLate();
                return;
            }
            store.holds = late && steps.oneIn(2);
            store.fails = late && steps.oneIn(4);
            byte[] request = request();
            int room = room(request);
            if (request.length + room == 0) {
                return;
            }
            Expected expected = late ? null : expect(request, room);
            rig.send(0, slot, request, room, steps);
            rig.serve();
            if (late) {
                statusAt.put(slot, room - 1);
                takeLate();
            } else {
                compare(rig.take(slot), expected, room);
            }
        }

        private byte[] request() {
            int type = TYPES[steps.below(TYPES.length)];
            int data = switch (type) {
                case BlkRequestType.OUT -> SECTOR_BYTES * steps.below(5);
                case BlkRequestType.DISCARD, BlkRequestType.WRITE_ZEROES, BlkRequestType.SECURE_ERASE ->
                    SEGMENT_BYTES * steps.below(4);
                default -> 0;
            };
            int length = (int) Math.min(Math.max(0, steps.mostly(HEADER_BYTES + data, 16)), RequestRig.AREA_BYTES);
            ByteBuffer bytes =
                    ByteBuffer.allocate(HEADER_BYTES + Math.max(data, length)).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putInt((int) steps.mostly(type, 24)).putInt(steps.le16()).putLong(sector());
            if (type == BlkRequestType.OUT) {
                int seed = steps.le16();
                while (bytes.hasRemaining()) {
                    bytes.put((byte) (seed += 37));
                }
            } else {
                while (bytes.remaining() >= SEGMENT_BYTES) {
                    bytes.putLong(sector()).putInt((int) steps.mostly(steps.below(6), 16));
                    bytes.putInt((int) steps.mostly(steps.below(2), 24));
                }
            }
            return Arrays.copyOf(bytes.array(), length);
        }

        private long sector() {
            return steps.mostly(steps.below(SECTORS), 12);
        }

        private int room(byte[] request) {
            int type = request.length >= 4 ? le(request).getInt(0) : 0;
            int data = switch (type) {
                case BlkRequestType.IN -> SECTOR_BYTES * steps.below(5);
                case BlkRequestType.GET_ID -> 20;
                case BlkRequestType.GET_LIFETIME -> 8;
                default -> 0;
            };
            return (int) Math.min(Math.max(0, steps.mostly(data + 1, 16)), RequestRig.AREA_BYTES);
        }

        private static ByteBuffer le(byte[] bytes) {
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        /** What the specification says, and the disk afterwards. */
        private Expected expect(byte[] request, int room) {
            if (room < 1) {
                return new Expected(-1, NOTHING);
            }
            if (request.length < HEADER_BYTES) {
                return new Expected(BlkStatus.IOERR, NOTHING);
            }
            ByteBuffer fields = le(request);
            long sector = fields.getLong(8);
            int out = request.length - HEADER_BYTES;
            int in = room - 1;
            switch (fields.getInt(0)) {
                case BlkRequestType.IN -> {
                    if (out != 0 || !isOnDisk(sector, in)) {
                        return new Expected(BlkStatus.IOERR, NOTHING);
                    }
                    int at = (int) sector * SECTOR_BYTES;
                    return new Expected(BlkStatus.OK, Arrays.copyOfRange(model, at, at + in));
                }
                case BlkRequestType.OUT -> {
                    if (in != 0 || !isOnDisk(sector, out)) {
                        return new Expected(BlkStatus.IOERR, NOTHING);
                    }
                    System.arraycopy(request, HEADER_BYTES, model, (int) sector * SECTOR_BYTES, out);
                    return new Expected(BlkStatus.OK, NOTHING);
                }
                case BlkRequestType.FLUSH -> {
                    return new Expected(BlkStatus.OK, NOTHING);
                }
                case BlkRequestType.GET_ID -> {
                    byte[] id = Arrays.copyOf(ID.getBytes(java.nio.charset.StandardCharsets.US_ASCII), 20);
                    return in == 20 ? new Expected(BlkStatus.OK, id) : new Expected(BlkStatus.IOERR, NOTHING);
                }
                case BlkRequestType.DISCARD, BlkRequestType.WRITE_ZEROES, BlkRequestType.SECURE_ERASE -> {
                    return expectRanges(fields, out, in);
                }
                default -> {
                    return new Expected(BlkStatus.UNSUPP, NOTHING);
                }
            }
        }

        private static boolean isOnDisk(long sector, long dataBytes) {
            return dataBytes % SECTOR_BYTES == 0
                    && sector >= 0
                    && sector <= SECTORS
                    && dataBytes / SECTOR_BYTES <= SECTORS - sector;
        }

        private Expected expectRanges(ByteBuffer fields, int out, int in) {
            if (in != 0 || out == 0 || out % SEGMENT_BYTES != 0 || out / SEGMENT_BYTES > 64) {
                return new Expected(BlkStatus.IOERR, NOTHING);
            }
            int flags = fields.getInt(0) == BlkRequestType.WRITE_ZEROES ? 1 : 0;
            for (int at = HEADER_BYTES; at < HEADER_BYTES + out; at += SEGMENT_BYTES) {
                if ((fields.getInt(at + 12) & ~flags) != 0) {
                    return new Expected(BlkStatus.UNSUPP, NOTHING);
                }
            }
            for (int at = HEADER_BYTES; at < HEADER_BYTES + out; at += SEGMENT_BYTES) {
                if (!isOnDisk(fields.getLong(at), SECTOR_BYTES * Integer.toUnsignedLong(fields.getInt(at + 8)))) {
                    return new Expected(BlkStatus.IOERR, NOTHING);
                }
            }
            for (int at = HEADER_BYTES; at < HEADER_BYTES + out; at += SEGMENT_BYTES) {
                int from = (int) fields.getLong(at) * SECTOR_BYTES;
                Arrays.fill(model, from, from + fields.getInt(at + 8) * SECTOR_BYTES, (byte) 0);
            }
            return new Expected(BlkStatus.OK, NOTHING);
        }

        private void compare(RequestRig.Sent answer, Expected expected, int room) {
            Finding.unless(answer != null, "a request is not answered");
            Finding.unless(answer.usedBytes <= room, "more bytes are used than there are");
            if (expected.status >= 0) {
                Finding.unlessEqual(answer.writable[room - 1], expected.status, "status");
                int same = Arrays.mismatch(expected.data, Arrays.copyOf(answer.writable, expected.data.length));
                Finding.unlessEqual(same, -1, "first byte of the data that is wrong");
                Finding.unless(
                        expected.status != BlkStatus.OK || answer.usedBytes >= expected.data.length,
                        "bytes that were read are not told of");
            } else {
                Finding.unlessEqual(answer.usedBytes, 0, "bytes used where there is no room");
            }
            Finding.unless(Arrays.equals(store.bytes, model), "the disk holds something else");
        }

        private void endLate() {
            if (!store.held.isEmpty()) {
                store.fails = steps.oneIn(4);
                store.holds = steps.oneIn(4);
                store.endOne(steps.below(store.held.size()));
            }
            rig.serve();
            takeLate();
        }

        private void takeLate() {
            statusAt.entrySet().removeIf(entry -> {
                RequestRig.Sent answer = rig.take(entry.getKey());
                if (answer == null) {
                    return false;
                }
                if (entry.getValue() >= 0) {
                    int status = answer.writable[entry.getValue()];
                    Finding.unless(status >= BlkStatus.OK && status <= BlkStatus.UNSUPP, "status " + status);
                }
                return true;
            });
            Finding.unless(!store.held.isEmpty() || statusAt.isEmpty(), "a request that nobody has any more");
        }

        void reset() {
            statusAt.clear();
            store.fails = false;
            store.holds = false;
            Collections.reverse(store.held);
            rig.start();
            // Of what was before: nothing comes back, and nothing is touched.
            while (!store.held.isEmpty()) {
                store.endOne(0);
            }
            rig.serve();
            if (late) {
                System.arraycopy(store.bytes, 0, model, 0, model.length);
            }
            byte[] request = Arrays.copyOf(
                    le(new byte[HEADER_BYTES]).putInt(BlkRequestType.IN).array(), HEADER_BYTES);
            rig.send(0, 0, request, SECTOR_BYTES + 1, steps);
            rig.serve();
            compare(rig.take(0), new Expected(BlkStatus.OK, Arrays.copyOf(model, SECTOR_BYTES)), SECTOR_BYTES + 1);
        }
    }
}
