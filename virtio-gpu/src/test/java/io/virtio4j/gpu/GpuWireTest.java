// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.gpu.Backing.Piece;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes that the driver sends, and what it makes of bytes that a device should not send. */
final class GpuWireTest {
    private final ScriptedGpu device = new ScriptedGpu();
    private final Workbench bench = new Workbench(device);
    private final GpuDevice gpu = bench.open();
    private final Resource resource = gpu.createResource(GpuFormat.A8B8G8R8, 300, 5);

    private void assertSent(int type, int... payload) {
        byte[] request = device.last();
        assertThat(ScriptedGpu.le32(request, 0)).isEqualTo(type);
        assertThat(IntStream.iterate(24, at -> at < request.length, at -> at + 4)
                        .map(at -> ScriptedGpu.le32(request, at)))
                .containsExactly(IntStream.of(payload).boxed().toArray(Integer[]::new));
    }

    @Test
    @Clause({"GPU-DEV-CREATE-2D", "GPU-DEV-UNREF"})
    void theDriverSendsTheSpecificationsBytes() {
        assertSent(0x0101, resource.id(), 121, 300, 5);
        gpu.attachBacking(
                resource, Backing.ofPieces(List.of(new Piece(0x1_2345_6789L, 0xF000_0000L), new Piece(8, 9))));
        assertSent(0x0106, resource.id(), 2, 0x2345_6789, 1, 0xF000_0000, 0, 8, 0, 9, 0);
        gpu.setScanout(3, resource, 1, 2, 290, 3);
        assertSent(0x0103, 1, 2, 290, 3, 3, resource.id());
        // Where the command before had the resource's id there is padding now.
        gpu.flush(resource, 8, 1, 9, 2);
        assertSent(0x0104, 8, 1, 9, 2, resource.id(), 0);
        gpu.transferToHost(resource, 1, 2, 290, 3, 0xABCD_EF00L);
        assertSent(0x0105, 1, 2, 290, 3, 0xABCD_EF00, 0, resource.id(), 0);
        gpu.flush(resource, 7, 1, 9, 2);
        assertSent(0x0104, 7, 1, 9, 2, resource.id(), 0);
        gpu.disableScanout(3);
        assertSent(0x0103, 0, 0, 0, 0, 3, 0);
        gpu.detachBacking(resource);
        assertSent(0x0107, resource.id(), 0);
        gpu.unref(resource);
        assertSent(0x0102, resource.id(), 0);
        gpu.cursor().move(2, -5, 6);
        assertSent(0x0301, 2, -5, 6, 0, 0, 0, 0, 0);
        gpu.cursor().hide(2);
        assertSent(0x0300, 2, -5, 6, 0, 0, 0, 0, 0);
    }

    @Test
    void aFrameTransfersFromWhereTheRectangleLiesInTheBacking() {
        gpu.attachBacking(resource, Backing.ofPieces(List.of(new Piece(0, 300 * 5 * 4))));
        gpu.frame(resource, 10, 3, 20, 2);
        byte[] transfer = device.requests.get(device.requests.size() - 2);
        assertThat(ScriptedGpu.le64(transfer, 40)).isEqualTo((3 * 300 + 10) * 4);
        assertSent(0x0104, 10, 3, 20, 2, resource.id(), 0);
    }

    @Test
    void everyCommandHasAFenceOfItsOwn() {
        gpu.flush(resource, 0, 0, 1, 1);
        gpu.flush(resource, 0, 0, 1, 1);
        List<byte[]> requests = device.requests;
        assertThat(requests).allSatisfy(request -> {
            assertThat(ScriptedGpu.le32(request, 4)).isEqualTo(1);
            assertThat(HexFormat.of().formatHex(request, 16, 24)).isEqualTo("0000000000000000");
        });
        assertThat(requests.stream().map(request -> ScriptedGpu.le64(request, 8)))
                .doesNotHaveDuplicates();
    }

    private void assertRejected(String message) {
        assertThatThrownBy(() -> gpu.flush(resource, 0, 0, 1, 1))
                .isInstanceOf(GpuDeviceException.class)
                .hasMessageContaining("RESOURCE_FLUSH")
                .hasMessageContaining(message);
        device.answer = right -> right;
        assertThatCode(() -> gpu.flush(resource, 0, 0, 1, 1)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, GpuResponse.OK_DISPLAY_INFO, 0x1206, 0x0104, -1})
    void aResponseOfAnotherTypeIsNoAnswer(int type) {
        device.answer = right -> right.putInt(0, type);
        assertRejected(GpuResponse.nameOf(type) + " of 24 bytes instead of OK_NODATA");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 23})
    @Clause({"SPLIT-DRV-NO-TRUST-PAST-LEN", "SPLIT-DRV-IGNORE-PAST-LEN"})
    void aResponseWithoutAWholeHeaderIsNoAnswer(int lengthBytes) {
        device.answer = right -> right.limit(lengthBytes);
        assertRejected(lengthBytes + " bytes, which is no response");
    }

    @Test
    void aResponseToAnotherFenceIsNoAnswer() {
        device.answer = right -> right.putLong(8, 12345);
        assertRejected("OK_NODATA and fence 12345 instead of fence");
    }

    @Test
    void aResponseWithoutFenceIsNoAnswer() {
        device.answer = right -> right.putInt(4, 2);
        assertRejected("OK_NODATA and no fence");
    }

    @Test
    void aShortDisplayInfoIsNoAnswer() {
        ScriptedGpu shortInfo = new ScriptedGpu();
        shortInfo.answer = right -> right.limit(407);
        Workbench other = new Workbench(shortInfo);
        assertThatThrownBy(other::open)
                .isInstanceOf(GpuDeviceException.class)
                .hasMessageContaining("OK_DISPLAY_INFO of 407 bytes");
        assertThat(other.arena.freeBytes()).as("all memory is free again").isEqualTo(other.arenaBytes);
        assertThat(other.transport.status()).isZero();
    }

    @Test
    void aCursorCommandThatIsUsedWithoutAnAnswerIsDone() {
        device.answer = right -> ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
        assertThatCode(() -> gpu.cursor().move(0, 1, 1)).doesNotThrowAnyException();
        device.answer = right -> right.putInt(0, GpuResponse.ERR_INVALID_SCANOUT_ID);
        assertThatThrownBy(() -> gpu.cursor().move(0, 1, 1))
                .isInstanceOf(GpuCommandException.class)
                .hasMessage("the device answered MOVE_CURSOR with ERR_INVALID_SCANOUT_ID");
    }
}
