// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;
import java.util.List;
import java.util.function.Consumer;

/** Configurations that no GPU has. VirtIO 1.2, 5.7.4 Device configuration layout. */
final class GpuConfigCases {
    private static final String AREA = "GPU configuration";
    private static final int ONES = -1;

    private GpuConfigCases() {}

    private static HostileCase<DevicePort> config(
            String id, String clauses, String violates, Verdict verdict, Consumer<ShownRegisters> wrong) {
        return DeviceCases.of("gpu-" + id, AREA, clauses, violates, verdict, port -> wrong.accept(port.registers()));
    }

    private static HostileCase<DevicePort> scanouts(String id, String violates, int scanouts) {
        return config(
                id,
                "GPU-DEV-NUM-SCANOUTS",
                violates,
                Verdict.SERVED,
                registers -> registers.configLe32(GpuConfigLayout.NUM_SCANOUTS, scanouts));
    }

    private static HostileCase<DevicePort> alignment(String id, String violates, int alignment) {
        return config(
                id,
                "GPU-DEV-BLOB-ALIGN-POW2 GPU-DRV-BLOB-SIZE-ALIGN",
                violates,
                Verdict.SERVED,
                registers -> registers
                        .offerAlso(GpuFeatureBits.BLOB_ALIGNMENT)
                        .configLe32(GpuConfigLayout.BLOB_ALIGNMENT, alignment));
    }

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                scanouts("scanouts-0", "There is no scanout.", 0),
                scanouts("scanouts-17", "There are 17 scanouts.", 17),
                scanouts("scanouts-2-to-31", "There are 2^31 scanouts.", 1 << 31),
                scanouts("scanouts-all-ones", "There are 2^32 - 1 scanouts.", ONES),
                config(
                        "capsets-all-ones",
                        "GPU-DEV-NUM-SCANOUTS",
                        "There are 2^32 - 1 capability sets.",
                        Verdict.SERVED,
                        registers -> registers.configLe32(GpuConfigLayout.NUM_CAPSETS, ONES)),
                alignment("blob-alignment-0", "Blobs are aligned to 0 bytes.", 0),
                alignment("blob-alignment-3", "Blobs are aligned to 3 bytes.", 3),
                alignment("blob-alignment-2-to-31", "Blobs are aligned to 2^31 bytes.", 1 << 31),
                alignment("blob-alignment-all-ones", "Blobs are aligned to 2^32 - 1 bytes.", ONES),
                HostileCase.of(
                        "gpu-blob-alignment-without-blobs",
                        AREA,
                        "GPU-FEAT-BLOB-ALIGN-DEP CORE-DRV-FEAT-DEPS",
                        "BLOB_ALIGNMENT is offered, and RESOURCE_BLOB that it builds on is not.",
                        Verdict.SERVED,
                        (port, stage) -> {
                            port.registers()
                                    .offer(port.registers()
                                            .honestOffer()
                                            .without(GpuFeatureBits.RESOURCE_BLOB)
                                            .with(GpuFeatureBits.BLOB_ALIGNMENT));
                            DeviceCases.conclude(port, stage);
                            DriverRuleCases.requireLeft(port, stage, GpuFeatureBits.BLOB_ALIGNMENT);
                        }),
                HostileCase.of(
                        "gpu-contexts-without-virgl",
                        AREA,
                        "GPU-FEAT-CONTEXT-INIT-DEP CORE-DRV-FEAT-DEPS",
                        "CONTEXT_INIT is offered, and VIRGL that it builds on is not.",
                        Verdict.SERVED,
                        (port, stage) -> {
                            port.registers().offerAlso(GpuFeatureBits.CONTEXT_INIT);
                            DeviceCases.conclude(port, stage);
                            DriverRuleCases.requireLeft(port, stage, GpuFeatureBits.CONTEXT_INIT);
                        }),
                DeviceCases.of(
                        "gpu-events-undefined",
                        AREA,
                        "GPU-DEV-EVENTS-CLEAR GPU-DRV-DISPLAY-EVENT",
                        "All events are raised, the undefined ones too, and a change is told of at every turn.",
                        Verdict.SERVED,
                        port -> {
                            port.registers().configLe32(GpuConfigLayout.EVENTS_READ, ONES);
                            port.onTurn(port::configChange);
                        }),
                DeviceCases.of(
                        "gpu-events-never-cleared",
                        AREA,
                        "GPU-DEV-EVENTS-CLEAR",
                        "The display event stays raised whatever is written.",
                        Verdict.SERVED,
                        port -> {
                            port.registers()
                                    .configLe32(GpuConfigLayout.EVENTS_READ, GpuConfigLayout.EVENT_DISPLAY)
                                    .ignoreConfigWrites();
                            port.onTurn(port::configChange);
                        }),
                config(
                        "configuration-of-no-byte",
                        "CORE-DRV-CFG-MIN-SIZE-CHECK",
                        "There is no configuration.",
                        Verdict.SERVED,
                        registers -> registers.configLengthBytes(() -> 0)),
                config(
                        "configuration-of-events-alone",
                        "CORE-DRV-CFG-MIN-SIZE-CHECK",
                        "The configuration ends after the events.",
                        Verdict.SERVED,
                        registers -> registers.configLengthBytes(() -> 8)),
                config(
                        "configuration-never-settles",
                        "CORE-DEV-CFG-GENERATION CORE-DRV-CFG-GENERATION-LOOP",
                        "The generation is another one at every look while the GPU is brought up.",
                        Verdict.REJECTED,
                        registers -> {
                            int[] looks = {0};
                            registers.configGeneration(() -> ++looks[0]);
                        }),
                DeviceCases.afterOpen(
                        "gpu-configuration-never-settles-later",
                        AREA,
                        "CORE-DEV-CFG-GENERATION CORE-DRV-CFG-GENERATION-LOOP",
                        "A change is told of, and from then on the generation is another one at every look.",
                        Verdict.REJECTED,
                        port -> {
                            int[] looks = {0};
                            port.registers().configGeneration(() -> ++looks[0]);
                            port.configChange();
                        }),
                DeviceCases.afterOpen(
                        "gpu-configuration-shrinks",
                        AREA,
                        "CORE-DRV-CFG-MIN-SIZE-CHECK CORE-DEV-CFG-CHANGE-NOTIFY",
                        "The configuration has one length when it is asked for, and another when it is read.",
                        Verdict.REJECTED,
                        port -> {
                            int[] looks = {0};
                            port.registers().configLengthBytes(() -> looks[0]++ == 0 ? 20 : 2);
                            port.configChange();
                        }),
                config(
                        "queue-count-0",
                        "GPU-QUEUES CORE-DEV-VQ-INDEX-RANGE",
                        "The device has no queue.",
                        Verdict.REJECTED,
                        registers -> registers.queueCount(0).maxQueueSize(index -> 0)),
                config(
                        "cursor-queue-missing",
                        "GPU-QUEUES",
                        "The device has a control queue and no cursor queue.",
                        Verdict.REJECTED,
                        registers -> registers.maxQueueSize(index -> index == 0 ? 16 : 0)),
                config(
                        "queue-size-1",
                        "SPLIT-QSIZE-POW2",
                        "The queues take one descriptor, and a command needs two.",
                        Verdict.REJECTED,
                        registers -> registers.maxQueueSize(index -> 1)),
                config(
                        "queue-size-negative",
                        "SPLIT-QSIZE-POW2",
                        "The queues take 2^32 - 1 descriptors.",
                        Verdict.REJECTED,
                        registers -> registers.maxQueueSize(index -> ONES)),
                config(
                        "queue-size-65535",
                        "SPLIT-QSIZE-POW2",
                        "The queues take 65535 descriptors.",
                        Verdict.SERVED,
                        registers -> registers.maxQueueSize(index -> 65535)));
    }
}
