// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * The memory of one case: a few regions with holes between them, and a record of what the case wrote, so that every byte that
 * the party wrote without a right is found.
 *
 * <pre>
 *   guard RINGS guard      guard FIRST guard  guard SECOND guard      hole      guard THIRD guard
 *         0x1_0000               0x10_0000          0x11_0000 (touches FIRST)         0x20_0000
 * </pre>
 *
 * <p>All regions are 64 KiB long; guards are bytes before and behind a region that no guest address names. The case writes by
 * guest address through the methods here. What the party may write is declared ({@link #partyMayWrite}); all other bytes must
 * hold what the case wrote there last. The right ends when the case takes the buffer back used, and with every reset. One thread, the
 * case's.
 */
public final class CaseMemory {
    /** Where rings lie, and tables. */
    public static final long RINGS = 0x1_0000;

    /** Where buffers lie. */
    public static final long FIRST = 0x10_0000;

    /** Where more buffers lie; begins where the first region ends. */
    public static final long SECOND = 0x11_0000;

    /** Where no memory is; begins where the second region ends. */
    public static final long HOLE = 0x12_0000;

    /** A region behind the hole. */
    public static final long THIRD = 0x20_0000;

    /**
     * A region of 4 GiB and a little, all of it the same 64 KiB over and over, which no guard surrounds and nobody may write;
     * only in memory of this process, for cases that need {@link Need#HUGE_MEMORY}.
     */
    public static final long HUGE = 0x1_0000_0000L;

    /** The length of each other region in bytes. */
    public static final int REGION_BYTES = 0x1_0000;

    private static final int GUARD_BYTES = 4096;
    private static final byte[] GUARDS = guards();
    private static final byte FILL = (byte) 0x5E;
    private static final int GAP_BYTES = 64;
    private static final int MAX_FINDINGS = 8;

    /** The huge region: one for all cases, since making it takes longer than most of them. */
    private static final class Huge {
        private static final ByteBuffer PAGES = direct(REGION_BYTES);
        private static final ByteBuffer NOTHING = ByteBuffer.wrap(new byte[REGION_BYTES]);

        static final SharedMemory REGION =
                SharedMemory.wrap(Collections.nCopies((int) ((1L << 32) / REGION_BYTES) + 1, PAGES), HUGE);

        /** Looks whether anybody wrote there, and makes it as it was for the next. */
        static void addTrespasses(List<String> found) {
            int at = PAGES.duplicate().clear().mismatch(NOTHING.duplicate().clear());
            if (at >= 0) {
                Region.add(found, "the huge region was written, at " + at + " of its " + REGION_BYTES + " bytes");
                PAGES.put(0, NOTHING, 0, REGION_BYTES);
            }
        }
    }

    private final List<Region> regions = new ArrayList<>();
    private final GuestMemory guest;

    /** Found before the places were cleared. */
    private final List<String> past = new ArrayList<>();

    private long nextRing = RINGS;
    private long nextBuffer = FIRST;

    private static byte[] guards() {
        byte[] bytes = new byte[GUARD_BYTES];
        Arrays.fill(bytes, (byte) 0xC7);
        return bytes;
    }

    private final boolean hasHuge;

    private CaseMemory(IntFunction<ByteBuffer> source, SharedMemory... more) {
        hasHuge = more.length > 0;
        for (long address : new long[] {RINGS, FIRST, SECOND, THIRD}) {
            regions.add(new Region(source.apply(REGION_BYTES + 2 * GUARD_BYTES), address));
        }
        guest = GuestMemory.of(Stream.concat(regions.stream().map(region -> region.shared), Arrays.stream(more))
                .toArray(SharedMemory[]::new));
    }

    /** {@return memory of this process} */
    public static CaseMemory inProcess() {
        return new CaseMemory(CaseMemory::direct, Huge.REGION);
    }

    private static ByteBuffer direct(int lengthBytes) {
        ByteBuffer aligned =
                ByteBuffer.allocateDirect(lengthBytes + GUARD_BYTES).alignedSlice(GUARD_BYTES);
        return aligned.slice(0, lengthBytes);
    }

    /**
     * Makes memory out of buffers that the caller gives, for example of a file that another process maps too.
     *
     * @param source gives a direct buffer of so many bytes, aligned to 16 bytes, at position 0
     * @return the memory
     */
    public static CaseMemory from(IntFunction<ByteBuffer> source) {
        return new CaseMemory(source);
    }

    /** {@return the regions, as the party sees them} */
    public GuestMemory guest() {
        return guest;
    }

    // --- places ------------------------------------------------------------------------------------------------

    /**
     * Takes a place for a ring or a table, where the party may not write unless told so.
     *
     * @param lengthBytes how long
     * @param align a power of two
     * @return its guest address
     */
    public long ringPlace(int lengthBytes, int align) {
        long at = (nextRing + align - 1) & -align;
        nextRing = at + lengthBytes + GAP_BYTES;
        if (nextRing > RINGS + REGION_BYTES) {
            throw new IllegalStateException("no place for a ring of " + lengthBytes + " bytes is left");
        }
        return at;
    }

    /**
     * Takes a place for a buffer that the party may only read.
     *
     * @param bytes what it holds
     * @return its guest address
     */
    public long readable(byte... bytes) {
        long at = bufferPlace(bytes.length);
        put(at, bytes);
        return at;
    }

    /**
     * Takes a place for a buffer that the party may write.
     *
     * @param lengthBytes how long
     * @return its guest address
     */
    public long writable(int lengthBytes) {
        long at = bufferPlace(lengthBytes);
        partyMayWrite(at, lengthBytes);
        return at;
    }

    private long bufferPlace(int lengthBytes) {
        long at = nextBuffer;
        nextBuffer = (at + lengthBytes + 2 * GAP_BYTES - 1) & -GAP_BYTES;
        if (nextBuffer > SECOND + REGION_BYTES) {
            throw new IllegalStateException("no place for a buffer of " + lengthBytes + " bytes is left");
        }
        return at;
    }

    /** Gives all places back, as after a reset: rings and buffers begin anew, and no byte is the party's to write. */
    public void clearPlaces() {
        regions.forEach(region -> region.addTrespasses(past));
        nextRing = RINGS;
        nextBuffer = FIRST;
        regions.forEach(Region::claimAll);
    }

    /**
     * Gives the places of buffers back, once none is under way: they begin anew, and no byte of the first two buffer regions is
     * the party's to write. Look for {@link #trespasses} before: what lies there now counts as the case's.
     */
    public void clearBuffers() {
        nextBuffer = FIRST;
        regions.stream().filter(Region::hasBuffers).forEach(Region::claimAll);
    }

    /**
     * Declares what the party may write from now on.
     *
     * @param address first byte
     * @param lengthBytes how many; what lies in no region is left out
     */
    public void partyMayWrite(long address, long lengthBytes) {
        for (Region region : regions) {
            long from = Math.max(address, region.start());
            long to = Math.min(address + lengthBytes, region.end());
            if (from < to) {
                region.lend((int) (from - region.start()), (int) (to - region.start()));
            }
        }
    }

    /** What was the party's to write before is so again; nothing else. */
    void lendAgain(long address, long lengthBytes) {
        for (Region region : regions) {
            long from = Math.max(address, region.start());
            long to = Math.min(address + lengthBytes, region.end());
            if (from < to) {
                region.lendAgain((int) (from - region.start()), (int) (to - region.start()));
            }
        }
    }

    /** What the party was to write is not any more, and holds what it holds now. */
    void takeBack(long address, long lengthBytes) {
        for (Region region : regions) {
            long from = Math.max(address, region.start());
            long to = Math.min(address + lengthBytes, region.end());
            if (from < to) {
                region.takeBack((int) (from - region.start()), (int) (to - region.start()));
            }
        }
    }

    /** Declares that all of guest memory belongs to the party, as to a driver; the guards around it do not. */
    public void partyOwnsAll() {
        regions.forEach(region -> partyMayWrite(region.start(), REGION_BYTES));
    }

    // --- bytes -------------------------------------------------------------------------------------------------

    /**
     * Writes bytes.
     *
     * @param address the first one's guest address; they may run on into a region that touches
     * @param bytes what
     */
    public void put(long address, byte... bytes) {
        int done = 0;
        while (done < bytes.length) {
            Region region = region(address + done, 1);
            int offset = (int) (address + done - region.start());
            int part = Math.min(bytes.length - done, REGION_BYTES - offset);
            region.shared.putBytes(offset, bytes, done, part);
            System.arraycopy(bytes, done, region.written, offset, part);
            done += part;
        }
    }

    /**
     * Writes 16 bits, after all writes before it.
     *
     * @param address a guest address aligned to 2 bytes
     * @param value its low 16 bits
     */
    public void putLe16(long address, int value) {
        Region region = region(address, Short.BYTES);
        int offset = (int) (address - region.start());
        region.shared.putLe16Opaque(region.shared.wmb(), offset, value);
        region.note(offset, value, Short.BYTES);
    }

    /**
     * Writes 32 bits.
     *
     * @param address a guest address
     * @param value the bits
     */
    public void putLe32(long address, int value) {
        Region region = region(address, Integer.BYTES);
        int offset = (int) (address - region.start());
        region.shared.putLe32(offset, value);
        region.note(offset, value, Integer.BYTES);
    }

    /**
     * Writes 64 bits.
     *
     * @param address a guest address
     * @param value the bits
     */
    public void putLe64(long address, long value) {
        Region region = region(address, Long.BYTES);
        int offset = (int) (address - region.start());
        region.shared.putLe64(offset, value);
        region.note(offset, value, Long.BYTES);
    }

    /**
     * Reads bytes.
     *
     * @param address the first one's guest address
     * @param lengthBytes how many
     * @return the bytes
     */
    public byte[] get(long address, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        int done = 0;
        while (done < lengthBytes) {
            Region region = region(address + done, 1);
            int offset = (int) (address + done - region.start());
            int part = Math.min(lengthBytes - done, REGION_BYTES - offset);
            region.shared.getBytes(offset, bytes, done, part);
            done += part;
        }
        return bytes;
    }

    /**
     * Reads 16 bits, before all reads after it.
     *
     * @param address a guest address aligned to 2 bytes
     * @return 0..65535
     */
    public int getLe16(long address) {
        Region region = region(address, Short.BYTES);
        int value = region.shared.getLe16Opaque(address - region.start());
        // Whoever looks at an index or at flags looks next at what they stand for.
        region.shared.rmb();
        return value;
    }

    /**
     * Reads 32 bits.
     *
     * @param address a guest address
     * @return the bits
     */
    public int getLe32(long address) {
        Region region = region(address, Integer.BYTES);
        return region.shared.getLe32(address - region.start());
    }

    /**
     * Reads 64 bits.
     *
     * @param address a guest address
     * @return the bits
     */
    public long getLe64(long address) {
        Region region = region(address, Long.BYTES);
        return region.shared.getLe64(address - region.start());
    }

    private Region region(long address, int lengthBytes) {
        for (Region region : regions) {
            if (address >= region.start() && address + lengthBytes <= region.end()) {
                return region;
            }
        }
        throw new IllegalArgumentException("the case itself has no memory at 0x" + Long.toHexString(address));
    }

    /**
     * Looks for bytes that the party wrote and had no right to.
     *
     * @return one line for each run of them, at most a few; empty if all is well
     */
    public List<String> trespasses() {
        List<String> found = new ArrayList<>(past);
        regions.forEach(region -> region.addTrespasses(found));
        if (hasHuge) {
            Huge.addTrespasses(found);
        }
        return found;
    }

    /** A region, its guards, what the case wrote there, and what is the party's to write. */
    private static final class Region {
        private final ByteBuffer whole;
        private final SharedMemory shared;
        private final byte[] written = new byte[REGION_BYTES];
        private final ByteBuffer expected = ByteBuffer.wrap(written);
        private final BitSet free = new BitSet(REGION_BYTES);

        /** What was free at any time since all was claimed. */
        private final BitSet lent = new BitSet(REGION_BYTES);

        Region(ByteBuffer whole, long address) {
            this.whole = whole;
            this.shared = SharedMemory.wrap(whole.slice(GUARD_BYTES, REGION_BYTES), address);
            whole.put(0, GUARDS);
            whole.put(GUARD_BYTES + REGION_BYTES, GUARDS);
            Arrays.fill(written, FILL);
            shared.fill(0, REGION_BYTES, FILL);
        }

        long start() {
            return shared.guestAddress();
        }

        long end() {
            return shared.guestAddress() + REGION_BYTES;
        }

        boolean hasBuffers() {
            return start() == FIRST || start() == SECOND;
        }

        void note(int offset, long value, int lengthBytes) {
            for (int i = 0; i < lengthBytes; i++) {
                written[offset + i] = (byte) (value >>> (Byte.SIZE * i));
            }
        }

        void lend(int from, int to) {
            free.set(from, to);
            lent.set(from, to);
        }

        void lendAgain(int from, int to) {
            for (int run = lent.nextSetBit(from); run >= 0 && run < to; ) {
                int end = Math.min(to, lent.nextClearBit(run));
                free.set(run, end);
                run = lent.nextSetBit(end);
            }
        }

        /** Only what was free: whatever else has changed there is still to be found. */
        void takeBack(int from, int to) {
            for (int run = free.nextSetBit(from); run >= 0 && run < to; ) {
                int end = Math.min(to, free.nextClearBit(run));
                shared.getBytes(run, written, run, end - run);
                free.clear(run, end);
                run = free.nextSetBit(end);
            }
        }

        /** Up to the last byte that was the party's: no other can have changed. */
        void claimAll() {
            shared.getBytes(0, written, 0, free.length());
            free.clear();
            lent.clear();
        }

        void addTrespasses(List<String> found) {
            if (!isGuard(0) || !isGuard(GUARD_BYTES + REGION_BYTES)) {
                add(found, "a guard byte beside the region at 0x" + Long.toHexString(start()) + " was written");
                return;
            }
            ByteBuffer now = whole.slice(GUARD_BYTES, REGION_BYTES);
            int at = now.mismatch(expected);
            while (at >= 0) {
                if (!free.get(at)) {
                    add(
                            found,
                            "the byte at 0x" + Long.toHexString(start() + at) + " was written: " + now.get(at)
                                    + " instead of " + written[at]);
                    return;
                }
                // Not one by one: a buffer of the party's is skipped as a whole.
                int from = free.nextClearBit(at);
                int next = now.slice(from, REGION_BYTES - from).mismatch(expected.slice(from, REGION_BYTES - from));
                at = next < 0 ? -1 : from + next;
            }
        }

        private boolean isGuard(int offset) {
            return whole.slice(offset, GUARD_BYTES).equals(ByteBuffer.wrap(GUARDS));
        }

        private static void add(List<String> found, String line) {
            if (found.size() < MAX_FINDINGS) {
                found.add(line);
            }
        }
    }
}
