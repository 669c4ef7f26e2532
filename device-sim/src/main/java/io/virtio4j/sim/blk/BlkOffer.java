// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.Features;

/**
 * What a block device offers, and the fields of its configuration that never change: its options, as far as its store can
 * follow them. Fields of features that are not offered are zero. Zoned devices are not built, so ZONED is never offered.
 *
 * <p>VirtIO 1.2, 5.2.3 Feature bits and 5.2.4 Device configuration layout.
 */
final class BlkOffer {
    private BlkOffer() {}

    static Features features(BlockStore store, SimBlkOptions options) {
        boolean writable = !options.readOnly();
        return new Offer()
                .add(BlkFeatureBits.SIZE_MAX, options.limits().sizeMaxBytes() > 0)
                .add(BlkFeatureBits.SEG_MAX, options.limits().segMax() > 0)
                .add(BlkFeatureBits.GEOMETRY, !options.shape().geometry().equals(BlkGeometry.NONE))
                .add(BlkFeatureBits.RO, options.readOnly())
                .add(BlkFeatureBits.BLK_SIZE, options.shape().blockSizeBytes() > 0)
                .add(BlkFeatureBits.FLUSH, options.flush())
                .add(BlkFeatureBits.TOPOLOGY, !options.shape().topology().equals(BlkTopology.NONE))
                .add(BlkFeatureBits.CONFIG_WCE, options.configWce())
                .add(BlkFeatureBits.MQ, options.limits().queues() > 1)
                .add(BlkFeatureBits.DISCARD, writable && store.supports(BlockOp.DISCARD))
                .add(BlkFeatureBits.WRITE_ZEROES, writable && store.supports(BlockOp.WRITE_ZEROES))
                .add(BlkFeatureBits.LIFETIME, store.lifetime().isPresent())
                .add(BlkFeatureBits.SECURE_ERASE, writable && store.supports(BlockOp.SECURE_ERASE))
                .features;
    }

    private static final class Offer {
        private Features features = Features.NONE;

        Offer add(int bit, boolean offered) {
            features = offered ? features.with(bit) : features;
            return this;
        }
    }

    static void writeConfig(ConfigSpace.Fields fields, Features offered, SimBlkOptions options) {
        BlkLimits limits = options.limits();
        fields.putLe32(BlkConfigLayout.SIZE_MAX, limits.sizeMaxBytes());
        fields.putLe32(BlkConfigLayout.SEG_MAX, limits.segMax());
        fields.putLe16(BlkConfigLayout.NUM_QUEUES, offered.has(BlkFeatureBits.MQ) ? limits.queues() : 0);
        writeShape(fields, options.shape());
        if (offered.has(BlkFeatureBits.DISCARD)) {
            BlkRangeLimits discard = options.ranges().discard();
            fields.putLe32(BlkConfigLayout.MAX_DISCARD_SECTORS, discard.maxSectors());
            fields.putLe32(BlkConfigLayout.MAX_DISCARD_SEG, discard.maxSegments());
            fields.putLe32(BlkConfigLayout.DISCARD_SECTOR_ALIGNMENT, discard.alignmentSectors());
        }
        if (offered.has(BlkFeatureBits.WRITE_ZEROES)) {
            BlkRangeLimits zeroes = options.ranges().writeZeroes();
            fields.putLe32(BlkConfigLayout.MAX_WRITE_ZEROES_SECTORS, zeroes.maxSectors());
            fields.putLe32(BlkConfigLayout.MAX_WRITE_ZEROES_SEG, zeroes.maxSegments());
        }
        if (offered.has(BlkFeatureBits.SECURE_ERASE)) {
            BlkRangeLimits erase = options.ranges().secureErase();
            fields.putLe32(BlkConfigLayout.MAX_SECURE_ERASE_SECTORS, erase.maxSectors());
            fields.putLe32(BlkConfigLayout.MAX_SECURE_ERASE_SEG, erase.maxSegments());
            fields.putLe32(BlkConfigLayout.SECURE_ERASE_SECTOR_ALIGNMENT, erase.alignmentSectors());
        }
    }

    private static void writeShape(ConfigSpace.Fields fields, BlkShape shape) {
        fields.putLe32(BlkConfigLayout.BLK_SIZE, shape.blockSizeBytes());
        BlkTopology topology = shape.topology();
        fields.putByte(BlkConfigLayout.PHYSICAL_BLOCK_EXP, topology.physicalBlockExp());
        fields.putByte(BlkConfigLayout.ALIGNMENT_OFFSET, topology.alignmentOffset());
        fields.putLe16(BlkConfigLayout.MIN_IO_SIZE, topology.minIoBlocks());
        fields.putLe32(BlkConfigLayout.OPT_IO_SIZE, topology.optIoBlocks());
        BlkGeometry geometry = shape.geometry();
        fields.putLe16(BlkConfigLayout.GEOMETRY_CYLINDERS, geometry.cylinders());
        fields.putByte(BlkConfigLayout.GEOMETRY_HEADS, geometry.heads());
        fields.putByte(BlkConfigLayout.GEOMETRY_SECTORS, geometry.sectors());
    }
}
