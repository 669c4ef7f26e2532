// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

/**
 * What a driver remembers of each chain that the device owns, by id: its token, how many descriptors it takes in the ring,
 * and how many bytes the device may claim to have written. Private memory: the device cannot change it.
 */
final class InFlightTable {
    /** 0 when nothing with that id is in flight. */
    private final int[] descriptors;

    private final long[] writableBytes;
    private final long[] tokens;

    /** When each chain began, counted in chains: the device can only answer what was begun before the last publication. */
    private final long[] serials;

    /** When each chain was added, in nanoseconds; 0 unless a recording asks for slow requests. */
    private final long[] startNanos;

    private final int queueIndex;
    private long lastSerial;
    private long publishedSerial;
    private int count;

    InFlightTable(int queueIndex, int queueSize) {
        this.queueIndex = queueIndex;
        this.startNanos = new long[queueSize];
        this.descriptors = new int[queueSize];
        this.writableBytes = new long[queueSize];
        this.tokens = new long[queueSize];
        this.serials = new long[queueSize];
    }

    void begin(int id, long token, int ringDescriptors, long writable) {
        descriptors[id] = ringDescriptors;
        writableBytes[id] = writable;
        tokens[id] = token;
        serials[id] = ++lastSerial;
        startNanos[id] = SlowRequests.startNanos();
        count++;
    }

    /** All chains begun so far are now visible to the device. */
    void publishAll() {
        publishedSerial = lastSerial;
    }

    /** Ends a chain that the device has used, as {@link #end} does, and records it if it took long. */
    void used(int id, long written) {
        if (startNanos[id] != 0) {
            SlowRequests.used(queueIndex, tokens[id], startNanos[id], written, count);
        }
        end(id);
    }

    /** Ends a chain; its token stays readable until the id is used again. */
    void end(int id) {
        descriptors[id] = 0;
        count--;
    }

    boolean isInFlight(int id) {
        return id >= 0 && id < descriptors.length && descriptors[id] != 0;
    }

    /** Whether what the device says can be the answer to a chain in flight. */
    boolean isPlausible(int id, long written) {
        return isInFlight(id) && serials[id] <= publishedSerial && written <= writableBytes[id];
    }

    int descriptors(int id) {
        return descriptors[id];
    }

    long writableBytes(int id) {
        return writableBytes[id];
    }

    long token(int id) {
        return tokens[id];
    }

    int count() {
        return count;
    }
}
