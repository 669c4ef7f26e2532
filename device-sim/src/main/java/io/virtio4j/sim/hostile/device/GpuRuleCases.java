// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.GpuConfigLayout;
import java.util.List;

/**
 * Rules of drivers of GPUs that a device brings to a point where they could be broken, and looks whether they were.
 *
 * <p>VirtIO 1.2, 2.2.1, 2.5.1 and 5.7.4.1.
 */
final class GpuRuleCases {
    private GpuRuleCases() {}

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                DriverRuleCases.ignores(
                        "gpu-foreign-bits-beside-an-honest-offer",
                        "GPU features",
                        "CORE-DRV-FEAT-IGNORE-FOREIGN CORE-DRV-FEAT-NO-ACK-FOREIGN",
                        "The GPU is opened twice, and offers bits of other device types the second time: the driver takes"
                                + " what it took before.",
                        DriverRuleCases.bits(6, 23).or(DriverRuleCases.bits(50, 127))),
                HostileCase.of(
                        "gpu-alignment-of-blobs-not-offered",
                        "GPU configuration",
                        "CORE-DRV-CFG-CHECK-FEATURE",
                        "There is an alignment of blobs in the configuration, and BLOB_ALIGNMENT is not offered.",
                        Verdict.SERVED,
                        (port, stage) -> {
                            port.registers().onConfigRead((offset, lengthBytes) -> {
                                if (offset + lengthBytes > GpuConfigLayout.BLOB_ALIGNMENT) {
                                    stage.escaped(
                                            "the alignment of blobs was read: " + lengthBytes + " bytes at " + offset);
                                }
                            });
                            DeviceCases.conclude(port, stage);
                        }),
                HostileCase.of(
                        "gpu-events-stay-raised",
                        "GPU configuration",
                        "GPU-DRV-EVENTS-READ-RO",
                        "All events stay raised whatever is written, and a change is told of at every turn.",
                        Verdict.SERVED,
                        GpuRuleCases::eventsStayRaised));
    }

    private static void eventsStayRaised(DevicePort port, Stage stage) {
        port.registers()
                .configLe32(GpuConfigLayout.EVENTS_READ, -1)
                .ignoreConfigWrites()
                .onConfigWrite((offset, lengthBytes) -> {
                    if (offset < GpuConfigLayout.EVENTS_READ + Integer.BYTES && lengthBytes > 0) {
                        stage.escaped("events_read was written: " + lengthBytes + " bytes at " + offset);
                    }
                });
        port.onTurn(port::configChange);
        DeviceCases.conclude(port, stage);
    }
}
