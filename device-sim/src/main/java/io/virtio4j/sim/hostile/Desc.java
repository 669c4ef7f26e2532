// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.wire.DescFlags;

/**
 * A descriptor as a case wants it, whatever the ring. VirtIO 1.2, 2.7.5 and 2.8.13.
 *
 * @param address guest address, any 64 bits
 * @param lengthBytes its low 32 bits count
 * @param flags any; NEXT, and the AVAIL and USED bits of a packed ring, are added where the chain is written
 */
public record Desc(long address, long lengthBytes, int flags) {
    /**
     * {@return a buffer that the device may read}
     *
     * @param address guest address
     * @param lengthBytes how long
     */
    public static Desc readable(long address, long lengthBytes) {
        return new Desc(address, lengthBytes, 0);
    }

    /**
     * {@return a buffer that the device may write}
     *
     * @param address guest address
     * @param lengthBytes how long
     */
    public static Desc writable(long address, long lengthBytes) {
        return new Desc(address, lengthBytes, DescFlags.WRITE);
    }

    /**
     * {@return a reference to a table}
     *
     * @param address guest address of the table
     * @param lengthBytes how long the table is
     */
    public static Desc indirect(long address, long lengthBytes) {
        return new Desc(address, lengthBytes, DescFlags.INDIRECT);
    }

    /**
     * {@return the same with these flags too}
     *
     * @param more any
     */
    public Desc plus(int more) {
        return new Desc(address, lengthBytes, flags | more);
    }
}
