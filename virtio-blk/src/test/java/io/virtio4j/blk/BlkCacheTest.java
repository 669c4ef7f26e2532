// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.blk.ScriptedBlk.Seen;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.BlkCacheMode;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which cache mode the driver takes a disk to be in, how it is chosen, and what is not believed of it. */
final class BlkCacheTest {
    private static final Features CHOICE = Features.of(BlkFeatureBits.FLUSH, BlkFeatureBits.CONFIG_WCE);

    private static ScriptedBlk choosable() {
        return new ScriptedBlk(CHOICE, request -> BlkStatus.OK)
                .withByte(BlkConfigLayout.WRITEBACK, BlkCacheMode.WRITEBACK);
    }

    private static List<Integer> types(ScriptedBlk scripted) {
        return scripted.seen.stream().map(Seen::type).toList();
    }

    @Test
    @Clause("BLK-DRV-WCE-SWITCH")
    void theCacheModeIsChosenThroughTheWritebackField() {
        ScriptedBlk scripted = choosable();
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            assertThat(disk.canSetWriteback()).isTrue();
            assertThat(disk.isWriteback()).isTrue();
            disk.setWriteback(false);
            assertThat(disk.isWriteback()).isFalse();
            disk.setWriteback(true);
            assertThat(disk.isWriteback()).isTrue();
            assertThat(scripted.cacheModes).containsExactly(BlkCacheMode.WRITETHROUGH, BlkCacheMode.WRITEBACK);
        }
    }

    @Test
    @Clause("BLK-DRV-WCE-OFF-NOT-FLUSH")
    void afterGoingOverToWritethroughAFlushIsStillSent() {
        ScriptedBlk scripted = choosable();
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            disk.write(0, rig.buffer(512));
            disk.setWriteback(false);
            disk.flush();
            assertThat(disk.submitFlush(1)).isEqualTo(BlkDevice.SUBMITTED);
            assertThat(disk.await((token, status) -> assertThat(status).isZero()))
                    .isEqualTo(1);
        }
        assertThat(types(scripted)).containsExactly(BlkRequestType.OUT, BlkRequestType.FLUSH, BlkRequestType.FLUSH);
    }

    @Test
    void aModeThatTheDeviceDoesNotTakeIsToldOf() {
        ScriptedBlk scripted = choosable();
        scripted.takesCacheMode = false;
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            assertThatThrownBy(() -> disk.setWriteback(false))
                    .isInstanceOf(TransportException.class)
                    .hasMessageContaining("stays at writeback");
            assertThat(disk.isWriteback()).isTrue();
        }
    }

    @Test
    void theChosenModeIsChosenAgainAfterAResetOfTheDevice() {
        ScriptedBlk scripted = choosable();
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            disk.setWriteback(false);
            disk.reset((token, status) -> {});
            assertThat(disk.isWriteback()).isFalse();
            assertThat(scripted.cacheModes).containsExactly(BlkCacheMode.WRITETHROUGH, BlkCacheMode.WRITETHROUGH);
        }
    }

    @Test
    @Clause("BLK-DRV-FLUSH-IF-CAPABLE")
    void aDriverThatIsToSendNoFlushesAgreesToNone() {
        ScriptedBlk scripted = choosable();
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open(rig.options().withFlush(false))) {
            assertThat(scripted.negotiated.has(BlkFeatureBits.FLUSH)).isFalse();
            assertThat(scripted.negotiated.has(BlkFeatureBits.CONFIG_WCE)).isFalse();
            assertThat(disk.isWriteback()).isFalse();
            assertThat(disk.canSetWriteback()).isFalse();
            assertThatThrownBy(() -> disk.setWriteback(true)).isInstanceOf(UnsupportedOperationException.class);
            disk.write(0, rig.buffer(512));
            disk.flush();
            assertThat(types(scripted)).containsExactly(BlkRequestType.OUT);
        }
    }

    @Test
    void aCacheThatCannotBeFlushedIsNotToBeChosen() {
        ScriptedBlk scripted = new ScriptedBlk(Features.of(BlkFeatureBits.CONFIG_WCE), request -> BlkStatus.OK)
                .withByte(BlkConfigLayout.WRITEBACK, BlkCacheMode.WRITEBACK);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            assertThat(disk.features().has(BlkFeatureBits.CONFIG_WCE)).isFalse();
            assertThat(disk.isWriteback()).isFalse();
        }
    }

    @Test
    @Clause("BLK-DRV-WRITEBACK-READ-LATE")
    void theWritebackFieldIsNotReadBeforeFeaturesOk() {
        ScriptedBlk scripted = choosable();
        List<Integer> statusAtReads = new ArrayList<>();
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = BlkDevice.open(noteReads(rig.transport, statusAtReads), rig.arena, rig.options())) {
            assertThat(disk.isWriteback()).isTrue();
        }
        assertThat(statusAtReads).isNotEmpty().allMatch(status -> (status & DeviceStatus.FEATURES_OK) != 0);
    }

    /** Notes the status at each read of the configuration that covers the field. */
    private static Transport noteReads(Transport transport, List<Integer> statusAtReads) {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, args) -> {
                    if (method.getName().equals("readConfig")
                            && (int) args[0] <= BlkConfigLayout.WRITEBACK
                            && (int) args[0] + ((byte[]) args[1]).length > BlkConfigLayout.WRITEBACK) {
                        statusAtReads.add(transport.status());
                    }
                    try {
                        return method.invoke(transport, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
