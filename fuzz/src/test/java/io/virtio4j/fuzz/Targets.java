// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.queue.RingFormat;
import java.util.List;

/** All targets there are. */
final class Targets {
    private Targets() {}

    static List<FuzzTarget> all() {
        return List.of(
                new DeviceRingTarget(RingFormat.SPLIT),
                new DeviceRingTarget(RingFormat.PACKED),
                new DriverRingTarget(RingFormat.SPLIT),
                new DriverRingTarget(RingFormat.PACKED),
                new BlkTarget(),
                new GpuTarget(),
                new RngTarget(),
                new DeviceSessionTarget(),
                new DriverSessionTarget());
    }
}
