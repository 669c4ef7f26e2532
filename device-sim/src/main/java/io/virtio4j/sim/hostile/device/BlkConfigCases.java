// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkZonedLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Configurations that no disk has. VirtIO 1.2, 5.2.4 Device configuration layout. */
final class BlkConfigCases {
    private static final String AREA = "block configuration";
    private static final int ONES = -1;

    private BlkConfigCases() {}

    private static HostileCase<DevicePort> config(
            String id, String clauses, String violates, Verdict verdict, Consumer<ShownRegisters> wrong) {
        return DeviceCases.of("blk-" + id, AREA, clauses, violates, verdict, port -> wrong.accept(port.registers()));
    }

    /** A field of a feature that is offered for it. */
    private static HostileCase<DevicePort> field(
            String id, String violates, Verdict verdict, int feature, int offset, int value) {
        return config(
                id,
                "BLK-DEV-CFG-PADDING-ZERO CORE-DRV-CFG-CHECK-FEATURE",
                violates,
                verdict,
                registers -> registers.offerAlso(feature).configLe32(offset, value));
    }

    private static HostileCase<DevicePort> zoned(
            String id, String violates, Verdict verdict, int lengthBytes, int model) {
        return config(id, "BLK-DEV-ZONED-MODEL BLK-DRV-ZONED-CAPABLE", violates, verdict, registers -> {
            byte[] config = Arrays.copyOf(registers.honestConfig(), lengthBytes);
            if (lengthBytes > BlkZonedLayout.MODEL) {
                config[BlkZonedLayout.MODEL] = (byte) model;
            }
            registers.offerAlso(BlkFeatureBits.ZONED).config(config);
        });
    }

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                config(
                        "capacity-0",
                        "BLK-CFG-CAPACITY BLK-DRV-WITHIN-CAPACITY",
                        "The disk has no sector.",
                        Verdict.REJECTED,
                        registers -> registers.configLe64(BlkConfigLayout.CAPACITY, 0)),
                config(
                        "capacity-2-to-63",
                        "BLK-CFG-CAPACITY",
                        "The disk has 2^63 sectors, negative where it is signed.",
                        Verdict.SERVED,
                        registers -> registers.configLe64(BlkConfigLayout.CAPACITY, 1L << 63)),
                config(
                        "capacity-all-ones",
                        "BLK-CFG-CAPACITY",
                        "The disk has 2^64 - 1 sectors.",
                        Verdict.SERVED,
                        registers -> registers.configLe64(BlkConfigLayout.CAPACITY, ONES)),
                DeviceCases.afterOpen(
                        "blk-capacity-shrinks",
                        AREA,
                        "BLK-DEV-CAPACITY-CHANGE BLK-DRV-CAPACITY-RECHECK BLK-DRV-WITHIN-CAPACITY",
                        "The disk shrinks to one sector while it is used.",
                        Verdict.REJECTED,
                        port -> {
                            port.registers().configLe64(BlkConfigLayout.CAPACITY, 1);
                            port.registers().nextGeneration();
                            port.configChange();
                        }),
                DeviceCases.afterOpen(
                        "blk-capacity-ends-within-a-request",
                        AREA,
                        "BLK-DEV-CAPACITY-CHANGE BLK-DRV-CAPACITY-RECHECK BLK-DRV-WITHIN-CAPACITY",
                        "The disk shrinks so far that a request begins on it and ends behind it.",
                        Verdict.REJECTED,
                        port -> {
                            port.registers().configLe64(BlkConfigLayout.CAPACITY, 41);
                            port.registers().nextGeneration();
                            port.configChange();
                        }),
                DeviceCases.afterOpen(
                        "blk-configuration-never-settles-later",
                        AREA,
                        "CORE-DEV-CFG-GENERATION CORE-DRV-CFG-GENERATION-LOOP",
                        "A change is told of, and from then on the generation is another one at every look.",
                        Verdict.REJECTED,
                        port -> {
                            int[] looks = {0};
                            port.registers().configGeneration(() -> ++looks[0]);
                            port.configChange();
                        }),
                config(
                        "configuration-never-settles",
                        "CORE-DEV-CFG-GENERATION CORE-DRV-CFG-GENERATION-LOOP",
                        "The generation is another one at every look while the disk is brought up.",
                        Verdict.REJECTED,
                        registers -> {
                            int[] looks = {0};
                            registers.configGeneration(() -> ++looks[0]);
                        }),
                config(
                        "configuration-of-capacity-alone",
                        "CORE-DRV-CFG-MIN-SIZE-CHECK",
                        "The configuration ends after the capacity, and features are offered that need more.",
                        Verdict.REJECTED,
                        registers -> registers.configLengthBytes(() -> 8)),
                config(
                        "configuration-of-no-byte",
                        "CORE-DRV-CFG-MIN-SIZE-CHECK BLK-CFG-CAPACITY",
                        "There is no configuration.",
                        Verdict.REJECTED,
                        registers -> registers.configLengthBytes(() -> 0)),
                DeviceCases.afterOpen(
                        "blk-configuration-shrinks",
                        AREA,
                        "CORE-DRV-CFG-MIN-SIZE-CHECK CORE-DEV-CFG-CHANGE-NOTIFY",
                        "The configuration is gone when the driver reads it again.",
                        Verdict.REJECTED,
                        port -> {
                            port.registers().configLengthBytes(() -> 4);
                            port.configChange();
                        }),
                field(
                        "block-size-0",
                        "A block has no byte.",
                        Verdict.SERVED,
                        BlkFeatureBits.BLK_SIZE,
                        BlkConfigLayout.BLK_SIZE,
                        0),
                field(
                        "block-size-3",
                        "A block has 3 bytes.",
                        Verdict.SERVED,
                        BlkFeatureBits.BLK_SIZE,
                        BlkConfigLayout.BLK_SIZE,
                        3),
                field(
                        "block-size-513",
                        "A block has 513 bytes.",
                        Verdict.SERVED,
                        BlkFeatureBits.BLK_SIZE,
                        BlkConfigLayout.BLK_SIZE,
                        513),
                field(
                        "block-size-2-to-31",
                        "A block has 2^31 bytes.",
                        Verdict.SERVED,
                        BlkFeatureBits.BLK_SIZE,
                        BlkConfigLayout.BLK_SIZE,
                        1 << 31),
                field(
                        "block-size-all-ones",
                        "A block has 2^32 - 1 bytes.",
                        Verdict.SERVED,
                        BlkFeatureBits.BLK_SIZE,
                        BlkConfigLayout.BLK_SIZE,
                        ONES),
                field(
                        "segments-0",
                        "A request has no segment at most.",
                        Verdict.SERVED,
                        BlkFeatureBits.SEG_MAX,
                        BlkConfigLayout.SEG_MAX,
                        0),
                field(
                        "segments-all-ones",
                        "A request has 2^32 - 1 segments at most.",
                        Verdict.SERVED,
                        BlkFeatureBits.SEG_MAX,
                        BlkConfigLayout.SEG_MAX,
                        ONES),
                field(
                        "segment-size-0",
                        "A segment has no byte at most.",
                        Verdict.SERVED,
                        BlkFeatureBits.SIZE_MAX,
                        BlkConfigLayout.SIZE_MAX,
                        0),
                field(
                        "segment-size-1",
                        "A segment has one byte at most: no sector fits.",
                        Verdict.REJECTED,
                        BlkFeatureBits.SIZE_MAX,
                        BlkConfigLayout.SIZE_MAX,
                        1),
                field(
                        "segment-size-511",
                        "A segment has 511 bytes at most.",
                        Verdict.SERVED,
                        BlkFeatureBits.SIZE_MAX,
                        BlkConfigLayout.SIZE_MAX,
                        511),
                field(
                        "segment-size-all-ones",
                        "A segment has 2^32 - 1 bytes at most.",
                        Verdict.SERVED,
                        BlkFeatureBits.SIZE_MAX,
                        BlkConfigLayout.SIZE_MAX,
                        ONES),
                config(
                        "queues-0",
                        "BLK-QUEUE-COUNT",
                        "MQ is offered, and there are no queues.",
                        Verdict.SERVED,
                        registers -> registers.offerAlso(BlkFeatureBits.MQ).configLe16(BlkConfigLayout.NUM_QUEUES, 0)),
                config(
                        "queues-65535",
                        "BLK-QUEUE-COUNT",
                        "MQ is offered with 65535 queues, and the transport has one.",
                        Verdict.SERVED,
                        registers ->
                                registers.offerAlso(BlkFeatureBits.MQ).configLe16(BlkConfigLayout.NUM_QUEUES, 65535)),
                config(
                        "queues-that-take-nothing",
                        "BLK-QUEUE-COUNT CORE-DEV-VQ-INDEX-RANGE",
                        "There are 65535 queues, and all but the first take no descriptor.",
                        Verdict.REJECTED,
                        registers -> registers
                                .offerAlso(BlkFeatureBits.MQ)
                                .configLe16(BlkConfigLayout.NUM_QUEUES, 65535)
                                .queueCount(65535)),
                config(
                        "queue-count-0",
                        "BLK-QUEUE-COUNT",
                        "The device has no queue at all.",
                        Verdict.REJECTED,
                        registers -> registers.queueCount(0)),
                config(
                        "queue-size-2",
                        "SPLIT-QSIZE-POW2",
                        "The queue takes two descriptors, and a request needs three.",
                        Verdict.REJECTED,
                        registers -> registers.maxQueueSize(index -> 2)),
                config(
                        "queue-size-65535",
                        "SPLIT-QSIZE-POW2",
                        "The queue takes 65535 descriptors.",
                        Verdict.SERVED,
                        registers -> registers.maxQueueSize(index -> index == 0 ? 65535 : 0)),
                config(
                        "queue-shrinks-between-two-looks",
                        "CORE-DEV-VQ-INDEX-RANGE",
                        "The queue takes 16 descriptors at the first look, and 2 at the next.",
                        Verdict.SERVED,
                        registers -> {
                            int[] looks = {0};
                            registers.maxQueueSize(index -> ++looks[0] % 2 == 1 ? 16 : 2);
                        }),
                config(
                        "topology-all-ones",
                        "CORE-DRV-CFG-CHECK-FEATURE",
                        "All fields of the topology are ones.",
                        Verdict.SERVED,
                        registers -> registers
                                .configLe32(BlkConfigLayout.PHYSICAL_BLOCK_EXP, ONES)
                                .configLe32(BlkConfigLayout.OPT_IO_SIZE, ONES)),
                field(
                        "discard-sectors-0",
                        "A discard covers no sector at most.",
                        Verdict.SERVED,
                        BlkFeatureBits.DISCARD,
                        BlkConfigLayout.MAX_DISCARD_SECTORS,
                        0),
                field(
                        "discard-sectors-all-ones",
                        "A discard covers 2^32 - 1 sectors at most.",
                        Verdict.SERVED,
                        BlkFeatureBits.DISCARD,
                        BlkConfigLayout.MAX_DISCARD_SECTORS,
                        ONES),
                field(
                        "discard-segments-0",
                        "A discard has no segment at most.",
                        Verdict.SERVED,
                        BlkFeatureBits.DISCARD,
                        BlkConfigLayout.MAX_DISCARD_SEG,
                        0),
                field(
                        "discard-segments-all-ones",
                        "A discard has 2^32 - 1 segments at most.",
                        Verdict.SERVED,
                        BlkFeatureBits.DISCARD,
                        BlkConfigLayout.MAX_DISCARD_SEG,
                        ONES),
                field(
                        "discard-alignment-all-ones",
                        "Discards are best aligned to 2^32 - 1 sectors.",
                        Verdict.SERVED,
                        BlkFeatureBits.DISCARD,
                        BlkConfigLayout.DISCARD_SECTOR_ALIGNMENT,
                        ONES),
                config(
                        "cache-mode-neither",
                        "BLK-DEV-WRITEBACK-INIT-ZERO",
                        "The cache mode is 255, neither writeback nor writethrough.",
                        Verdict.SERVED,
                        registers -> registers.configByte(BlkConfigLayout.WRITEBACK, 0xFF)),
                config(
                        "cache-mode-stays",
                        "BLK-DRV-WCE-SWITCH",
                        "The cache mode stays what it was, whatever is written.",
                        Verdict.REJECTED,
                        ShownRegisters::ignoreConfigWrites),
                HostileCase.of(
                        "blk-cache-mode-without-flush",
                        AREA,
                        "BLK-DEV-OFFER-FLUSH-WITH-WCE CORE-DEV-FEAT-DEPS CORE-DRV-FEAT-DEPS",
                        "CONFIG_WCE is offered, and FLUSH that it builds on is not.",
                        Verdict.SERVED,
                        (port, stage) -> {
                            port.registers()
                                    .offer(port.registers().honestOffer().without(BlkFeatureBits.FLUSH));
                            DeviceCases.conclude(port, stage);
                            DriverRuleCases.requireLeft(port, stage, BlkFeatureBits.CONFIG_WCE);
                        }),
                DeviceCases.of(
                        "blk-config-zero-before-features-ok",
                        AREA,
                        "CORE-DEV-CFG-READABLE-EARLY",
                        "All of the configuration reads as 0 until the driver has looked at FEATURES_OK.",
                        Verdict.SERVED,
                        port -> ConfigCases.untilFeaturesOk(port, 0)),
                DeviceCases.of(
                        "blk-config-all-ones-before-features-ok",
                        AREA,
                        "CORE-DEV-CFG-READABLE-EARLY",
                        "All of the configuration reads as ones until the driver has looked at FEATURES_OK.",
                        Verdict.SERVED,
                        port -> ConfigCases.untilFeaturesOk(port, 0xFF)),
                zoned(
                        "zones-of-no-model",
                        "ZONED is offered, with a model that is none.",
                        Verdict.REJECTED,
                        BlkZonedLayout.CONFIG_LENGTH_BYTES,
                        7),
                zoned(
                        "zones-host-managed",
                        "ZONED is offered, with zones that a plain driver cannot write.",
                        Verdict.REJECTED,
                        BlkZonedLayout.CONFIG_LENGTH_BYTES,
                        BlkZonedLayout.MODEL_HOST_MANAGED),
                zoned(
                        "zones-without-a-configuration",
                        "ZONED is offered, and the configuration ends before its fields.",
                        Verdict.REJECTED,
                        BlkConfigLayout.LENGTH_BYTES,
                        0));
    }
}
