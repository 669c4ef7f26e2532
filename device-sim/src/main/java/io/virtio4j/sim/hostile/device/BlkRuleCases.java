// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.hostile.device.Told.Kind;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkZonedLayout;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import java.util.List;

/**
 * Rules of drivers of block devices that a disk brings to a point where they could be broken, and looks whether they were.
 *
 * <p>VirtIO 1.2, 2.2.1, 2.5.1, 2.8.17 and 5.2.5.1.
 */
final class BlkRuleCases {
    private static final String AREA = "block configuration";

    /** Bits of other types, of legacy disks, and of no type at all. */
    private static final Features FOREIGN =
            Features.of(0, 3, 7, 8).or(DriverRuleCases.bits(18, 23)).or(DriverRuleCases.bits(50, 127));

    /** A part of the configuration that is a driver's to read where the disk offers the feature. */
    private record Field(int feature, int offset, int end) {
        boolean has(int at) {
            return at >= offset && at < end;
        }
    }

    private static final List<Field> FIELDS = List.of(
            new Field(BlkFeatureBits.SIZE_MAX, BlkConfigLayout.SIZE_MAX, BlkConfigLayout.SEG_MAX),
            new Field(BlkFeatureBits.SEG_MAX, BlkConfigLayout.SEG_MAX, BlkConfigLayout.GEOMETRY_CYLINDERS),
            new Field(BlkFeatureBits.GEOMETRY, BlkConfigLayout.GEOMETRY_CYLINDERS, BlkConfigLayout.BLK_SIZE),
            new Field(BlkFeatureBits.BLK_SIZE, BlkConfigLayout.BLK_SIZE, BlkConfigLayout.PHYSICAL_BLOCK_EXP),
            new Field(BlkFeatureBits.TOPOLOGY, BlkConfigLayout.PHYSICAL_BLOCK_EXP, BlkConfigLayout.WRITEBACK),
            new Field(BlkFeatureBits.CONFIG_WCE, BlkConfigLayout.WRITEBACK, BlkConfigLayout.WRITEBACK + 1),
            new Field(BlkFeatureBits.MQ, BlkConfigLayout.NUM_QUEUES, BlkConfigLayout.MAX_DISCARD_SECTORS),
            new Field(
                    BlkFeatureBits.DISCARD,
                    BlkConfigLayout.MAX_DISCARD_SECTORS,
                    BlkConfigLayout.MAX_WRITE_ZEROES_SECTORS),
            new Field(
                    BlkFeatureBits.WRITE_ZEROES,
                    BlkConfigLayout.MAX_WRITE_ZEROES_SECTORS,
                    BlkConfigLayout.WRITE_ZEROES_MAY_UNMAP + 1),
            new Field(
                    BlkFeatureBits.SECURE_ERASE,
                    BlkConfigLayout.MAX_SECURE_ERASE_SECTORS,
                    BlkConfigLayout.LENGTH_BYTES));

    private static final int SECTOR_BYTES = BlkRequestLayout.SECTOR_BYTES;
    private static final int CAPACITY_END = BlkConfigLayout.CAPACITY + Long.BYTES;

    private BlkRuleCases() {}

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                DriverRuleCases.ignores(
                        "blk-foreign-bits-beside-an-honest-offer",
                        "block features",
                        "CORE-DRV-FEAT-IGNORE-FOREIGN CORE-DRV-FEAT-NO-ACK-FOREIGN",
                        "The disk is opened twice, and offers bits of other device types the second time: the driver takes"
                                + " what it took before.",
                        FOREIGN),
                HostileCase.of(
                        "blk-fields-of-features-not-offered",
                        AREA,
                        "CORE-DRV-CFG-CHECK-FEATURE",
                        "The disk offers no feature of its type, and then each alone: fields of the others are not"
                                + " looked at.",
                        Verdict.SERVED,
                        BlkRuleCases::eachAlone),
                HostileCase.of(
                        "blk-cache-mode-before-features-ok",
                        AREA,
                        "BLK-DRV-WRITEBACK-READ-LATE",
                        "The cache mode may be read from FEATURES_OK on, and a field of zones lies ready before.",
                        Verdict.SERVED,
                        BlkRuleCases::cacheModeLate),
                HostileCase.of(
                                "blk-zones-of-each-model",
                                AREA,
                                "BLK-DRV-ZONED-CAPABLE",
                                "ZONED is offered with the model none, then with host-aware zones, then with"
                                        + " host-managed ones: who agrees to it must drive all three.",
                                Verdict.REJECTED,
                                BlkRuleCases::zonesOfEachModel)
                        .or(Verdict.SERVED),
                shortLists("blk-one-segment-of-a-sector", "A request has one segment at most, and that one sector."),
                shortLists(
                        "blk-one-segment-of-a-sector-in-tables",
                        "A request has one segment at most, and that one sector; chains may lie in tables.",
                        FeatureBits.INDIRECT_DESC));
    }

    // --- fields ------------------------------------------------------------------------------------------------

    private static void eachAlone(DevicePort port, Stage stage) {
        Features rings = port.registers().honestOffer().minus(Features.DEVICE_TYPE);
        Features[] offered = {rings};
        boolean[] told = {false};
        port.registers().offer(rings).onConfigRead((offset, lengthBytes) -> {
            for (int at = offset; at < offset + lengthBytes; at++) {
                if (!mayBeRead(at, offered[0]) && !told[0]) {
                    stage.escaped("byte " + at + " of the configuration was read, and offered was " + offered[0]);
                    told[0] = true;
                }
            }
        });
        port.step();
        for (Field field : FIELDS) {
            offered[0] = rings.with(field.feature());
            if (field.feature() == BlkFeatureBits.CONFIG_WCE) {
                offered[0] = offered[0].with(BlkFeatureBits.FLUSH);
            }
            port.registers().offer(offered[0]);
            port.restart();
        }
        DeviceCases.conclude(port, stage);
    }

    private static boolean mayBeRead(int at, Features offered) {
        return at < CAPACITY_END || FIELDS.stream().anyMatch(field -> field.has(at) && offered.has(field.feature()));
    }

    private static void cacheModeLate(DevicePort port, Stage stage) {
        port.registers()
                .config(Arrays.copyOf(port.registers().honestConfig(), BlkZonedLayout.CONFIG_LENGTH_BYTES))
                .offerAlso(BlkFeatureBits.ZONED)
                .onConfigRead((offset, lengthBytes) -> {
                    boolean touches =
                            offset <= BlkConfigLayout.WRITEBACK && offset + lengthBytes > BlkConfigLayout.WRITEBACK;
                    List<Integer> statuses = port.statusWrites();
                    int status = statuses.get(statuses.size() - 1);
                    if (touches && (status & DeviceStatus.FEATURES_OK) == 0) {
                        stage.escaped("the cache mode was read at status " + status);
                    }
                });
        DeviceCases.conclude(port, stage);
    }

    private static void zonesOfEachModel(DevicePort port, Stage stage) {
        byte[] config = Arrays.copyOf(port.registers().honestConfig(), BlkZonedLayout.CONFIG_LENGTH_BYTES);
        config[BlkZonedLayout.MODEL] = BlkZonedLayout.MODEL_NONE;
        port.registers().config(config).offerAlso(BlkFeatureBits.ZONED);
        port.step();
        boolean agrees = port.acknowledged().has(BlkFeatureBits.ZONED);
        for (int model : new int[] {BlkZonedLayout.MODEL_HOST_AWARE, BlkZonedLayout.MODEL_HOST_MANAGED}) {
            port.registers().configByte(BlkZonedLayout.MODEL, model);
            port.restart();
            agrees |= port.acknowledged().has(BlkFeatureBits.ZONED);
        }
        List<Told> told = port.told();
        DeviceCases.concludeAfterRestart(port, stage);
        if (agrees && told.stream().anyMatch(step -> step.kind() == Kind.REFUSED)) {
            stage.escaped("agreed to ZONED, and refused zones of a model that it has: " + told);
        }
    }

    // --- lists -------------------------------------------------------------------------------------------------

    private static HostileCase<DevicePort> shortLists(String id, String violates, int... rings) {
        return HostileCase.of(
                id, "block ring", "PACKED-DRV-LIST-LE-DEVICE-LIMIT", violates, Verdict.SERVED, (port, stage) -> {
                    port.registers()
                            .offer(port.registers()
                                    .honestOffer()
                                    .or(Features.of(rings))
                                    .with(BlkFeatureBits.SEG_MAX)
                                    .with(BlkFeatureBits.SIZE_MAX))
                            .configLe32(BlkConfigLayout.SEG_MAX, 1)
                            .configLe32(BlkConfigLayout.SIZE_MAX, SECTOR_BYTES);
                    port.onUse((ring, chain, written) -> {
                        // Header, data, status.
                        if (chain.parts().size() > 3
                                || chain.parts().stream().anyMatch(part -> part.lengthBytes() > SECTOR_BYTES)) {
                            stage.escaped("a request of more than one segment of a sector: "
                                    + chain.parts().stream()
                                            .map(RawChain.Part::lengthBytes)
                                            .toList());
                        }
                        ring.use(chain, written);
                    });
                    DeviceCases.conclude(port, stage);
                });
    }
}
