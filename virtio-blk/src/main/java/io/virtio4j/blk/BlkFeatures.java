// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkZonedLayout;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.FeatureDependency;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.Optional;

/** What the block driver agrees to, and which disks it leaves alone. VirtIO 1.2, 5.2.3 Feature bits and 5.2.5.1. */
final class BlkFeatures {
    private static final Features ALWAYS = Features.of(
            BlkFeatureBits.SIZE_MAX,
            BlkFeatureBits.SEG_MAX,
            BlkFeatureBits.RO,
            BlkFeatureBits.BLK_SIZE,
            BlkFeatureBits.TOPOLOGY,
            BlkFeatureBits.DISCARD,
            BlkFeatureBits.WRITE_ZEROES,
            BlkFeatureBits.SECURE_ERASE,
            BlkFeatureBits.LIFETIME);

    /** A cache that may be switched to writeback, and not flushed, is of no use. */
    private static final List<FeatureDependency> DEPENDENCIES =
            List.of(new FeatureDependency(BlkFeatureBits.CONFIG_WCE, BlkFeatureBits.FLUSH));

    private BlkFeatures() {}

    /** ZONED is never among them: a zoned disk is driven as a plain one, or not at all. */
    static DriverSpec spec(BlkOptions options) {
        Features wanted = ALWAYS.or(options.ringFeatures());
        if (options.flush()) {
            wanted = wanted.with(BlkFeatureBits.FLUSH).with(BlkFeatureBits.CONFIG_WCE);
        }
        if (options.queues() > 1) {
            wanted = wanted.with(BlkFeatureBits.MQ);
        }
        return new DriverSpec(DeviceId.BLOCK, wanted, Features.NONE, DEPENDENCIES);
    }

    /** {@return whether there may be requests that carry segments} */
    static boolean haveRanges(Features features) {
        return features.has(BlkFeatureBits.DISCARD)
                || features.has(BlkFeatureBits.WRITE_ZEROES)
                || features.has(BlkFeatureBits.SECURE_ERASE);
    }

    /** Before FEATURES_OK: zones that must be written in order are no plain disk. The other zoned fields mean nothing here. */
    static Optional<String> refuseHostManagedZones(DriverSession session) {
        if (!session.transport().offeredFeatures().has(BlkFeatureBits.ZONED)) {
            return Optional.empty();
        }
        int there = session.transport().configLengthBytes();
        if (there <= BlkZonedLayout.MODEL) {
            return Optional.of("the device offers ZONED, and its configuration of " + there
                    + " bytes does not say what kind of zones it has");
        }
        int model = session.readConfig(BlkZonedLayout.MODEL, Byte.BYTES)[0];
        return switch (model) {
            case BlkZonedLayout.MODEL_NONE, BlkZonedLayout.MODEL_HOST_AWARE -> Optional.empty();
            case BlkZonedLayout.MODEL_HOST_MANAGED ->
                Optional.of(
                        "the disk has host-managed zones, which must be written in order; this driver is one for plain"
                                + " disks");
            default -> Optional.of("the disk has zones of a model that is not known: " + model);
        };
    }
}
