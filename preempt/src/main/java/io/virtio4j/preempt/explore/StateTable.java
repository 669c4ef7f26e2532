// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import java.util.Arrays;

/** The states seen so far, numbered in the order in which they were found, each with how it was reached first. */
final class StateTable {
    private static final int CHUNK_BYTES = 1 << 22;
    private static final int EMPTY = -1;

    private byte[][] chunks = new byte[16][];
    private int chunk = -1;
    private int used = CHUNK_BYTES;
    private long[] places = new long[1 << 12];
    private int[] parents = new int[1 << 12];
    private int[] happenings = new int[1 << 12];
    private int[] slots = new int[1 << 14];
    private int size;

    StateTable() {
        Arrays.fill(slots, EMPTY);
    }

    int size() {
        return size;
    }

    int parent(int state) {
        return parents[state];
    }

    int happening(int state) {
        return happenings[state];
    }

    /** Adds a state that is not there yet. Returns whether it was added. */
    boolean add(byte[] state, int length, int parent, int happening) {
        int mask = slots.length - 1;
        int slot = hash(state, length) & mask;
        while (slots[slot] != EMPTY) {
            if (is(slots[slot], state, length)) {
                return false;
            }
            slot = slot + 1 & mask;
        }
        slots[slot] = size;
        append(state, length, parent, happening);
        if (size * 2L > slots.length) {
            grow();
        }
        return true;
    }

    /** Hands a state to a world. */
    void read(int state, World world) {
        long place = places[state];
        world.read(chunks[(int) (place >>> 32)], (int) place + 1);
    }

    private void append(byte[] state, int length, int parent, int happening) {
        if (used + length + 1 > CHUNK_BYTES) {
            if (++chunk == chunks.length) {
                chunks = Arrays.copyOf(chunks, chunk * 2);
            }
            chunks[chunk] = new byte[CHUNK_BYTES];
            used = 0;
        }
        if (size == places.length) {
            int longer = size + (size >> 1);
            places = Arrays.copyOf(places, longer);
            parents = Arrays.copyOf(parents, longer);
            happenings = Arrays.copyOf(happenings, longer);
        }
        places[size] = (long) chunk << 32 | used;
        parents[size] = parent;
        happenings[size] = happening;
        chunks[chunk][used] = (byte) length;
        System.arraycopy(state, 0, chunks[chunk], used + 1, length);
        used += length + 1;
        size++;
    }

    private boolean is(int known, byte[] state, int length) {
        long place = places[known];
        byte[] bytes = chunks[(int) (place >>> 32)];
        int from = (int) place;
        return bytes[from] == (byte) length && Arrays.equals(bytes, from + 1, from + 1 + length, state, 0, length);
    }

    private void grow() {
        int[] larger = new int[slots.length * 2];
        Arrays.fill(larger, EMPTY);
        int mask = larger.length - 1;
        for (int state = 0; state < size; state++) {
            long place = places[state];
            byte[] bytes = chunks[(int) (place >>> 32)];
            int from = (int) place;
            int length = bytes[from] & 0xFF;
            int slot = hash(Arrays.copyOfRange(bytes, from + 1, from + 1 + length), length) & mask;
            while (larger[slot] != EMPTY) {
                slot = slot + 1 & mask;
            }
            larger[slot] = state;
        }
        slots = larger;
    }

    private static int hash(byte[] bytes, int length) {
        long h = 0xcbf29ce484222325L;
        for (int i = 0; i < length; i++) {
            h = (h ^ bytes[i]) * 0x100000001b3L;
        }
        h ^= h >>> 29;
        return (int) (h ^ h >>> 32);
    }
}
