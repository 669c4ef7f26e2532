// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;

/**
 * Parts of a device's configuration as they were at one moment: read again if the generation moved meanwhile.
 *
 * <p>VirtIO 1.2, 2.5.1 Driver Requirements: Device Configuration Space.
 */
final class ConfigSnapshot {
    private static final int MAX_READS = 1000;

    private ConfigSnapshot() {}

    /**
     * Reads the parts, and nothing between them.
     *
     * @param bounds begin and end of each part, in bytes, checked by the caller
     * @throws TransportException if the configuration will not keep still, or does not have these bytes
     */
    static byte[][] read(Transport transport, int... bounds) {
        byte[][] parts = new byte[bounds.length / 2][];
        for (int part = 0; part < parts.length; part++) {
            parts[part] = new byte[bounds[2 * part + 1] - bounds[2 * part]];
        }
        for (int i = 0; i < MAX_READS; i++) {
            int before = transport.configGeneration();
            for (int part = 0; part < parts.length; part++) {
                readOnce(transport, bounds[2 * part], parts[part]);
            }
            if (transport.configGeneration() == before) {
                return parts;
            }
        }
        throw new TransportException(
                "the configuration changed during each of " + MAX_READS + " reads of offset " + bounds[0]);
    }

    /** How long its configuration is, is the device's word: what it does not keep is no misuse of the driver's user. */
    private static void readOnce(Transport transport, int offset, byte[] bytes) {
        try {
            transport.readConfig(offset, bytes);
        } catch (IndexOutOfBoundsException e) {
            throw new TransportException(
                    "the device's configuration does not have " + bytes.length + " bytes at offset " + offset, e);
        }
    }
}
