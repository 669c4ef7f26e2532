// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.gpu.Backing.Piece;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blobs, UUIDs and shared memory: what the driver sends, and what it refuses. */
final class GpuBlobTest {
    private static final BlobImage IMAGE = BlobImage.of(GpuFormat.B8G8R8X8, 16, 8);

    private final ScriptedGpu device = new ScriptedGpu(GpuConfigLayout.LENGTH_WITH_ALIGNMENT_BYTES, 64);
    private Workbench bench;
    private final List<Throwable> errors = new ArrayList<>();

    private GpuDevice open(int... features) {
        device.offered = Features.of(features);
        bench = new Workbench(device);
        return bench.open(bench.options.withErrorHandler(errors::add));
    }

    private GpuDevice openWithAlignment(int alignment) {
        device.config.update(fields -> fields.putLe32(GpuConfigLayout.BLOB_ALIGNMENT, alignment));
        return open(GpuFeatureBits.RESOURCE_BLOB, GpuFeatureBits.BLOB_ALIGNMENT);
    }

    private void assertSent(int type, int... payload) {
        byte[] request = device.last();
        assertThat(ScriptedGpu.le32(request, 0)).isEqualTo(type);
        assertThat(IntStream.iterate(24, at -> at < request.length, at -> at + 4)
                        .map(at -> ScriptedGpu.le32(request, at)))
                .containsExactly(IntStream.of(payload).boxed().toArray(Integer[]::new));
    }

    @Test
    @Clause({"GPU-DRV-BLOB-MEM-SET", "GPU-DRV-BLOB-MEM-NONZERO", "GPU-DRV-BLOB-FLAGS", "GPU-SCANOUT-BLOB-RECT"})
    void theDriverSendsTheSpecificationsBytes() {
        GpuDevice gpu = open(GpuFeatureBits.RESOURCE_BLOB);
        BlobResource blob = gpu.createBlob(Backing.ofPieces(List.of(new Piece(0x1_2345_6000L, 4096), new Piece(8, 9))));
        assertSent(0x010C, blob.id(), 1, 0, 2, 0, 0, 4105, 0, 0x2345_6000, 1, 4096, 0, 8, 0, 9, 0);
        gpu.setScanout(3, blob, new BlobImage(GpuFormat.R8G8B8A8, 20, 10, 128, 64), 1, 2, 5, 6);
        assertSent(0x010D, 1, 2, 5, 6, 3, blob.id(), 20, 10, 67, 0, 128, 0, 0, 0, 64, 0, 0, 0);
        gpu.flush(blob, 0, 0, 20, 10);
        assertSent(0x0104, 0, 0, 20, 10, blob.id(), 0);
        gpu.detachBacking(blob);
        gpu.attachBacking(blob, Backing.ofPieces(List.of(new Piece(0, 4105))));
        assertSent(0x0106, blob.id(), 1, 0, 0, 4105, 0);
        gpu.unref(blob);
        assertSent(0x0102, blob.id(), 0);
        BlobResource shared =
                gpu.createBlob(Backing.ofPieces(List.of(new Piece(0, 1))), BlobUse.CROSS_DEVICE, BlobUse.SHAREABLE);
        assertSent(0x010C, shared.id(), 1, 6, 1, 0, 0, 1, 0, 0, 0, 1, 0);
        assertThat(shared.id()).isNotEqualTo(blob.id());
    }

    @Test
    @Clause("GPU-BLOB-NEGOTIATED")
    void withoutTheFeatureThereAreNoBlobs() {
        GpuDevice gpu = open();
        assertThat(gpu.blobAlignmentBytes()).isZero();
        assertThatThrownBy(() -> gpu.createBlob(Backing.ofPieces(List.of(new Piece(0, 1)))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("RESOURCE_BLOB");
        assertThat(device.types()).containsExactly(GpuCommand.GET_DISPLAY_INFO);
    }

    @Test
    @Clause("GPU-FEAT-BLOB-ALIGN-DEP")
    void anAlignmentWithoutBlobsIsNotAcknowledged() {
        open(GpuFeatureBits.BLOB_ALIGNMENT);
        assertThat(device.negotiated.has(GpuFeatureBits.BLOB_ALIGNMENT)).isFalse();
    }

    @Test
    @Clause("GPU-DRV-BLOB-SIZE-ALIGN")
    void aBlobIsAsLongAsTheAlignmentDemands() {
        GpuDevice gpu = openWithAlignment(4096);
        assertThat(gpu.blobAlignmentBytes()).isEqualTo(4096);
        for (long lengthBytes : new long[] {1, 4095, 4097}) {
            assertThatThrownBy(() -> gpu.createBlob(Backing.ofPieces(List.of(new Piece(0, lengthBytes)))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("multiple of 4096");
        }
        assertThat(device.types()).containsExactly(GpuCommand.GET_DISPLAY_INFO);
        assertThat(gpu.createBlob(Backing.ofPieces(List.of(new Piece(0, 4095), new Piece(0, 4097))))
                        .lengthBytes())
                .isEqualTo(8192);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, -1, 4097})
    void anAlignmentThatIsNoneLeavesTheDriverWithoutBlobs(int alignment) {
        GpuDevice gpu = openWithAlignment(alignment);
        assertThat(errors)
                .singleElement()
                .satisfies(error -> assertThat(error)
                        .hasMessageContaining("blob_alignment is " + Integer.toUnsignedLong(alignment)));
        assertThatThrownBy(() -> gpu.createBlob(Backing.ofPieces(List.of(new Piece(0, 4096)))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void misuseOfABlobIsRefusedBeforeItIsSent() {
        GpuDevice gpu = open(GpuFeatureBits.RESOURCE_BLOB);
        BlobResource blob = gpu.createBlob(Backing.ofPieces(List.of(new Piece(0, 512))));
        assertThatThrownBy(() -> gpu.flush(blob, 0, 0, 1, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not been shown");
        gpu.setScanout(0, blob, IMAGE);
        int sent = device.requests.size();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> gpu.setScanout(0, blob, IMAGE.at(1)),
                () -> gpu.setScanout(0, blob, BlobImage.of(GpuFormat.B8G8R8X8, 16, 9)),
                () -> gpu.setScanout(0, blob, IMAGE, 0, 0, 17, 8),
                () -> gpu.setScanout(0, blob, IMAGE, 0, 0, 0, 8),
                () -> gpu.setScanout(16, blob, IMAGE),
                () -> gpu.flush(blob, 0, 0, 16, 9),
                () -> gpu.createBlob(Backing.ofPieces(List.of())),
                () -> new BlobImage(GpuFormat.B8G8R8X8, 16, 8, 63, 0),
                () -> new BlobImage(GpuFormat.B8G8R8X8, 16, 8, 64, -1),
                () -> BlobImage.of(GpuFormat.B8G8R8X8, 0, 1))) {
            assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
        }
        gpu.detachBacking(blob);
        assertThatThrownBy(() -> gpu.attachBacking(blob, Backing.ofPieces(List.of(new Piece(0, 511)))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(device.requests).hasSize(sent + 1);
        gpu.unref(blob);
        assertThatThrownBy(() -> gpu.setScanout(0, blob, IMAGE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("given back");
    }

    @Test
    void theMemoryOfABlobStaysPinnedAsLongAsTheDeviceShowsIt() {
        GpuDevice gpu = open(GpuFeatureBits.RESOURCE_BLOB);
        DmaBuffer pixels = bench.arena.allocate(512, 4096);
        BlobResource blob = gpu.createBlob(Backing.ofBuffers(pixels));
        assertThat(pixels.isPinned()).isTrue();
        gpu.unref(blob);
        assertThat(pixels.isPinned()).isFalse();

        device.answer = right -> right.putInt(0, GpuResponse.ERR_OUT_OF_MEMORY);
        assertThatThrownBy(() -> gpu.createBlob(Backing.ofBuffers(pixels))).isInstanceOf(GpuCommandException.class);
        assertThat(pixels.isPinned()).as("a blob that was refused").isFalse();
    }

    @Test
    @Clause("GPU-UUID-NEGOTIATED")
    void aResourceKeepsItsUuidAndIsAskedForItOnce() {
        UUID uuid = new UUID(0x0011_2233_4455_4677L, 0x8899_AABB_CCDD_EEFFL);
        GpuDevice gpu = open(GpuFeatureBits.RESOURCE_UUID);
        Resource resource = gpu.createResource(GpuFormat.B8G8R8X8, 1, 1);
        device.answer = right -> {
            for (int i = 0; i < 16; i++) {
                right.put(24 + i, (byte) (i == 6 ? 0x46 : 0x11 * i));
            }
            return right;
        };
        assertThat(gpu.uuid(resource)).isEqualTo(uuid).hasToString("00112233-4455-4677-8899-aabbccddeeff");
        assertSent(0x010B, resource.id(), 0);
        int sent = device.requests.size();
        assertThat(gpu.uuid(resource)).isEqualTo(uuid);
        assertThat(device.requests).hasSize(sent);
        device.answer = right -> right;
        gpu.unref(resource);
        assertThatThrownBy(() -> gpu.uuid(resource)).hasMessageContaining("given back");
    }

    @Test
    @Clause("GPU-UUID-NEGOTIATED")
    void withoutTheFeatureNobodyAsksForAUuid() {
        GpuDevice gpu = open(GpuFeatureBits.RESOURCE_BLOB);
        Resource resource = gpu.createResource(GpuFormat.B8G8R8X8, 1, 1);
        assertThatThrownBy(() -> gpu.uuid(resource))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("RESOURCE_UUID");
        assertThat(device.types()).doesNotContain(GpuCommand.RESOURCE_ASSIGN_UUID);
    }

    @Test
    @Clause("GPU-DRV-BLOB-FLAGS")
    void aBlobGoesToOtherDevicesOnlyIfThatWasSaidBeforehand() {
        GpuDevice gpu = open(GpuFeatureBits.RESOURCE_BLOB, GpuFeatureBits.RESOURCE_UUID);
        Backing one = Backing.ofPieces(List.of(new Piece(0, 1)));
        BlobResource kept = gpu.createBlob(one, BlobUse.SHAREABLE);
        assertThatThrownBy(() -> gpu.uuid(kept)).hasMessageContaining("CROSS_DEVICE");
        assertThat(gpu.uuid(gpu.createBlob(one, BlobUse.CROSS_DEVICE))).isNotNull();
    }

    @Test
    @Clause("GPU-DRV-INIT-SHM-QUERY")
    void atStartEveryRegionThatAGpuCanHaveIsAskedFor() {
        SharedMemory region = SharedMemory.allocate(4096, 0);
        device.hostVisible = Optional.of(region);
        GpuDevice gpu = open();
        assertThat(bench.transport.regionsAsked).containsExactly(1);
        assertThat(gpu.hostVisibleRegion()).containsSame(region);
        assertThat(Workbench.withDisplay(1, 1).open().hostVisibleRegion()).isEmpty();
    }
}
