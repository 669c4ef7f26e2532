// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.Features;

/** What a block driver asks of a device. VirtIO 1.2, 5.2.6 Device Operation. */
public enum BlkOperation {
    /** Reads sectors. */
    READ(BlkRequestType.IN, BlkOperation.ALWAYS),

    /** Writes sectors. */
    WRITE(BlkRequestType.OUT, BlkOperation.ALWAYS),

    /** Makes the writes that have completed durable. */
    FLUSH(BlkRequestType.FLUSH, BlkFeatureBits.FLUSH),

    /** Asks for the device's id string. */
    GET_ID(BlkRequestType.GET_ID, BlkOperation.ALWAYS),

    /** Asks how worn the storage is. */
    GET_LIFETIME(BlkRequestType.GET_LIFETIME, BlkFeatureBits.LIFETIME),

    /** Tells that sectors are no longer needed. */
    DISCARD(BlkRequestType.DISCARD, BlkFeatureBits.DISCARD),

    /** Fills sectors with zeros. */
    WRITE_ZEROES(BlkRequestType.WRITE_ZEROES, BlkFeatureBits.WRITE_ZEROES),

    /** Destroys the contents of sectors for good. */
    SECURE_ERASE(BlkRequestType.SECURE_ERASE, BlkFeatureBits.SECURE_ERASE);

    private static final int ALWAYS = -1;

    private final int type;
    private final int feature;

    BlkOperation(int type, int feature) {
        this.type = type;
        this.feature = feature;
    }

    int type() {
        return type;
    }

    /** {@return whether a device takes such requests, once these features have been agreed on} */
    boolean isAmong(Features features) {
        return feature == ALWAYS || features.has(feature);
    }

    /** {@return whether the data flows from the driver to the device} */
    boolean isDataReadable() {
        return this == WRITE;
    }

    /** {@return whether the place on the disk is told in segments, and not in the header} */
    boolean isOfRanges() {
        return this == DISCARD || this == WRITE_ZEROES || this == SECURE_ERASE;
    }

    /** {@return whether what is on the disk is another afterwards} */
    boolean isModifying() {
        return this == WRITE || isOfRanges();
    }
}
