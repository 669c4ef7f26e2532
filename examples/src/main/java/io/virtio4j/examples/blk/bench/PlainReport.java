// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

/**
 * What the plain copy did: the same bytes at the same places, one copy a request, without a device.
 *
 * @param between memory, or the file that the disk is on
 * @param copies how many
 * @param iops copies a second
 * @param bytesPerSecond their bytes
 */
record PlainReport(String between, long copies, double iops, double bytesPerSecond) {
    static PlainReport of(String between, Slice all, int blockBytes) {
        return new PlainReport(between, all.count(), all.perSecond(), all.perSecond() * blockBytes);
    }
}
