// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.virtio4j.gpu.Backing.Piece;
import io.virtio4j.gpu.Workbench.Canvas;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.sim.gpu.SimDisplays;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Commands, the device's errors, and what is refused before it is sent. */
final class GpuCommandTest {
    private final Workbench bench =
            Workbench.of(SimGpuConfig.of(new SimDisplays(2)).withLimits(3 * 16 * 16 * 4 + 200, 3));
    private final GpuDevice gpu = bench.open();
    private final Canvas canvas = bench.canvas(gpu, 16, 16);

    private void assertNextFrameIsRight() {
        int[][] drawn = bench.draw(canvas, System.identityHashCode(new Object()));
        gpu.frame(canvas.resource(), 0, 0, 16, 16);
        assertThat(bench.screen.pixels).isDeepEqualTo(drawn);
    }

    private void assertFails(int command, int code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(GpuCommandException.class))
                .satisfies(e -> assertThat(e.command()).isEqualTo(command))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.getMessage())
                        .contains(GpuCommand.nameOf(command))
                        .contains(GpuResponse.nameOf(code)));
        assertNextFrameIsRight();
    }

    @Test
    void errorsOfTheDeviceAreToldByNameAndTheNextFrameIsRight() {
        assertFails(
                GpuCommand.RESOURCE_CREATE_2D,
                GpuResponse.ERR_OUT_OF_MEMORY,
                () -> gpu.createResource(GpuFormat.B8G8R8A8, 1000, 1000));
        assertFails(
                GpuCommand.RESOURCE_CREATE_2D,
                GpuResponse.ERR_OUT_OF_MEMORY,
                () -> gpu.createResource(GpuFormat.B8G8R8A8, Integer.MAX_VALUE, Integer.MAX_VALUE));
        Resource other = gpu.createResource(GpuFormat.B8G8R8A8, 2, 2);
        assertFails(
                GpuCommand.RESOURCE_ATTACH_BACKING,
                GpuResponse.ERR_INVALID_PARAMETER,
                () -> gpu.attachBacking(other, Backing.ofPieces(List.of(new Piece(0x10, 16)))));
    }

    @Test
    @Clause("GPU-DEV-DETACH-BACKING")
    void aBackingThatTheDeviceRefusesIsFreeAgain() {
        Resource other = gpu.createResource(GpuFormat.B8G8R8A8, 2, 2);
        DmaBuffer[] many = new DmaBuffer[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = bench.arena.allocate(16, 64);
        }
        assertFails(
                GpuCommand.RESOURCE_ATTACH_BACKING,
                GpuResponse.ERR_OUT_OF_MEMORY,
                () -> gpu.attachBacking(other, Backing.ofBuffers(many)));
        for (DmaBuffer buffer : many) {
            buffer.free();
        }
    }

    @Test
    @Clause({"GPU-DEV-ATTACH-BACKING", "GPU-DEV-DETACH-BACKING"})
    void buffersStayPinnedAsLongAsTheyAreAttached() {
        DmaBuffer pixels = canvas.pixels();
        assertThat(pixels.isPinned()).isTrue();
        gpu.detachBacking(canvas.resource());
        assertThat(pixels.isPinned()).isFalse();
        gpu.attachBacking(canvas.resource(), Backing.ofBuffers(pixels));
        assertNextFrameIsRight();
        gpu.unref(canvas.resource());
        assertThat(pixels.isPinned()).isFalse();
    }

    /** The command after it must not be written into what the refused one had prepared. */
    @Test
    void aBackingWithAFreedBufferIsRefusedAndNothingIsLeftOfIt() {
        Resource other = gpu.createResource(GpuFormat.B8G8R8A8, 2, 2);
        DmaBuffer kept = bench.arena.allocate(16, 64);
        DmaBuffer freed = bench.arena.allocate(16, 64);
        freed.free();
        long free = bench.arena.freeBytes();
        assertThatThrownBy(() -> gpu.attachBacking(other, Backing.ofBuffers(kept, freed)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(kept.isPinned()).isFalse();
        assertThat(bench.arena.freeBytes()).isEqualTo(free);
        assertNextFrameIsRight();
    }

    @Test
    void aLongListOfPiecesTakesItsMemoryOnlyForTheCommand() {
        Workbench roomy = Workbench.withDisplay(64, 64);
        GpuDevice driver = roomy.open();
        Resource resource = driver.createResource(GpuFormat.B8G8R8A8, 64, 64);
        DmaBuffer pixels = roomy.arena.allocate(64 * 64 * 4, 4);
        long free = roomy.arena.freeBytes();
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < 64 * 64 * 4; i++) {
            pieces.add(new Piece(pixels.guestAddress() + i, 1));
        }
        driver.attachBacking(resource, Backing.ofPieces(pieces));
        assertThat(roomy.arena.freeBytes()).isEqualTo(free);
    }

    @Test
    @Clause("GPU-SCANOUT-DISABLE")
    void aScanoutCanBeTurnedOffAndOnAgain() {
        gpu.disableScanout(0);
        gpu.setScanout(1, canvas.resource(), 4, 4, 8, 8);
        gpu.flush(canvas.resource(), 0, 0, 16, 16);
        assertThat(bench.screen.events)
                .containsExactly("enabled 0 16x16", "disabled 0", "enabled 1 8x8", "flushed 1 8x8 at 0,0");
    }

    @Test
    @Clause("GPU-DEV-UNREF")
    void aResourceThatWasGivenBackCannotBeUsed() {
        Resource resource = canvas.resource();
        gpu.unref(resource);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> gpu.unref(resource),
                () -> gpu.attachBacking(resource, Backing.ofBuffers(canvas.pixels())),
                () -> gpu.detachBacking(resource),
                () -> gpu.setScanout(0, resource),
                () -> gpu.transferToHost(resource, 0, 0, 1, 1, 0),
                () -> gpu.flush(resource, 0, 0, 1, 1),
                () -> gpu.frame(resource, 0, 0, 1, 1),
                () -> gpu.cursor().show(0, resource, 0, 0, 0, 0))) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining("given back");
        }
        assertThat(gpu.createResource(GpuFormat.B8G8R8A8, 1, 1).id()).isNotEqualTo(resource.id());
    }

    @Test
    void aResourceOfAnotherDeviceIsRefused() {
        GpuDevice other = Workbench.withDisplay(8, 8).open();
        Resource foreign = other.createResource(GpuFormat.B8G8R8A8, 1, 1);
        assertThatThrownBy(() -> gpu.flush(foreign, 0, 0, 1, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another device");
    }

    @Test
    @Clause({"GPU-SCANOUT-COVERED", "GPU-DRV-BACKING-FIRST"})
    void misuseIsRefusedBeforeItIsSent() {
        Resource resource = canvas.resource();
        Resource bare = gpu.createResource(GpuFormat.B8G8R8A8, 4, 4);
        long sent = gpu.controlStats().get(QueueCounter.COMPLETIONS);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> gpu.setScanout(0, resource, 0, 0, 17, 16),
                () -> gpu.setScanout(0, resource, 1, 0, 16, 16),
                () -> gpu.setScanout(0, resource, 0, -1, 1, 1),
                () -> gpu.setScanout(0, resource, Integer.MAX_VALUE, 0, Integer.MAX_VALUE, 1),
                () -> gpu.setScanout(0, resource, 0, 0, 0, 1),
                () -> gpu.setScanout(2, resource),
                () -> gpu.setScanout(-1, resource),
                () -> gpu.disableScanout(2),
                () -> gpu.flush(resource, 0, 0, 16, 17),
                () -> gpu.frame(resource, 16, 16, 1, 1),
                () -> gpu.transferToHost(resource, 0, 0, 16, 16, 1),
                () -> gpu.transferToHost(resource, 0, 0, 1, 1, -1),
                () -> gpu.transferToHost(resource, 0, 0, 1, 2, 1024 - 64),
                () -> gpu.createResource(GpuFormat.B8G8R8A8, 0, 1),
                () -> gpu.createResource(GpuFormat.B8G8R8A8, 1, -1),
                () -> new Piece(0, 0),
                () -> new Piece(0, 1L << 32),
                Backing::ofBuffers)) {
            assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
        }
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> gpu.transferToHost(bare, 0, 0, 1, 1, 0),
                () -> gpu.detachBacking(bare),
                () -> gpu.attachBacking(resource, Backing.ofBuffers(canvas.pixels())))) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class);
        }
        assertThat(gpu.controlStats().get(QueueCounter.COMPLETIONS)).isEqualTo(sent);
        assertNextFrameIsRight();
    }

    @Test
    void nothingToCopyAndNothingToShowIsNoError() {
        gpu.transferToHost(canvas.resource(), 16, 16, 0, 0, 0);
        gpu.frame(canvas.resource(), 0, 0, 0, 16);
        assertThat(bench.screen.flushes).isZero();
        assertNextFrameIsRight();
    }
}
