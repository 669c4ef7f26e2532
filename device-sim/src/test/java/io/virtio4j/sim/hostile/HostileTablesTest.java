// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.sim.hostile.blk.BlkRequestCases;
import io.virtio4j.sim.hostile.device.BlkDeviceCases;
import io.virtio4j.sim.hostile.device.DeviceCases;
import io.virtio4j.sim.hostile.device.GpuDeviceCases;
import io.virtio4j.sim.hostile.driver.DriverCases;
import io.virtio4j.sim.hostile.gpu.GpuRequestCases;
import io.virtio4j.sim.hostile.gpu.WatchedScanout;
import io.virtio4j.sim.hostile.request.UsedLength;
import io.virtio4j.sim.hostile.rng.RngRequestCases;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for all tables of the kit together, of hostile drivers and of hostile devices. */
class HostileTablesTest {
    private final List<HostileCase<?>> cases = Stream.<List<? extends HostileCase<?>>>of(
                    DriverCases.all(),
                    DriverCases.races(),
                    BlkRequestCases.all(UsedLength.EXACT),
                    BlkRequestCases.readOnly(UsedLength.EXACT),
                    GpuRequestCases.all(new WatchedScanout(1 << 16, 8), UsedLength.EXACT),
                    RngRequestCases.all(UsedLength.EXACT),
                    DeviceCases.ofRings(),
                    BlkDeviceCases.all(),
                    GpuDeviceCases.all())
            .<HostileCase<?>>flatMap(List::stream)
            .collect(Collectors.toList());

    @Test
    void anIdNamesOneCase() {
        assertThat(cases.stream().map(HostileCase::id).distinct().toList())
                .containsExactlyElementsOf(cases.stream().map(HostileCase::id).toList());
    }

    @Test
    void whatEachCaseViolatesIsASentence() {
        assertThat(cases).allSatisfy(one -> assertThat(one.violates()).matches("\\S.*[.]"));
    }
}
