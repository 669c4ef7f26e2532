// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.assignUuid;
import static io.virtio4j.sim.gpu.Messages.create2d;
import static io.virtio4j.sim.gpu.Messages.createBlob;
import static io.virtio4j.sim.gpu.Messages.le32;
import static io.virtio4j.sim.gpu.Messages.unref;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Names under which resources are exported. */
final class SimGpuUuidTest {
    private final GpuRig rig =
            new GpuRig(SimGpuConfig.of(8, 8), Features.of(GpuFeatureBits.RESOURCE_UUID, GpuFeatureBits.RESOURCE_BLOB));

    private UUID assign(int id) {
        byte[] response = rig.control(assignUuid(id));
        assertThat(response).hasSize(40);
        assertThat(le32(response, 0)).isEqualTo(GpuResponse.OK_RESOURCE_UUID);
        ByteBuffer uuid = ByteBuffer.wrap(response, 24, 16);
        return new UUID(uuid.getLong(), uuid.getLong());
    }

    @Test
    @Clause({"GPU-UUID-NEGOTIATED", "CORE-DEV-EXPORT-UUID-V4"})
    void aResourceKeepsTheRandomUuidThatItGotFirst() {
        Set<UUID> seen = new HashSet<>();
        for (int id = 1; id <= 50; id++) {
            rig.type(create2d(id, GpuFormat.B8G8R8A8, 1, 1));
            UUID uuid = assign(id);
            assertThat(uuid.version()).isEqualTo(4);
            assertThat(uuid.variant()).isEqualTo(2);
            assertThat(assign(id)).isEqualTo(uuid);
            assertThat(seen.add(uuid)).as("is no other resource's").isTrue();
        }
    }

    @Test
    @Clause("GPU-UUID-NEGOTIATED")
    void anotherResourceOfTheSameIdHasAnotherUuid() {
        rig.type(create2d(1, GpuFormat.B8G8R8A8, 1, 1));
        UUID first = assign(1);
        rig.type(unref(1));
        assertThat(rig.type(assignUuid(1))).isEqualTo(GpuResponse.ERR_INVALID_RESOURCE_ID);
        rig.type(create2d(1, GpuFormat.B8G8R8A8, 1, 1));
        assertThat(assign(1)).isNotEqualTo(first);
    }

    @Test
    @Clause("GPU-DRV-BLOB-FLAGS")
    void aBlobIsExportedOnlyIfItWasMadeForOtherDevices() {
        assertThat(rig.type(createBlob(1, 1, 1 | 2, 64, List.of()))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(createBlob(2, 1, 4, 64, List.of()))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(assignUuid(1))).isEqualTo(GpuResponse.ERR_INVALID_PARAMETER);
        assertThat(assign(2).version()).isEqualTo(4);
    }
}
