// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuEdidLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What displays say of themselves, and devices that say it wrongly. */
final class GpuEdidTest {
    private final ScriptedGpu device = new ScriptedGpu();
    private Workbench bench;
    private final List<Throwable> errors = new ArrayList<>();

    /** By scanout: what GET_EDID answers. */
    private final byte[][] edids = {edid("First", 1920, 1080), edid("Second", 3840, 2160)};

    /** Spoils the answer to GET_EDID. */
    private UnaryOperator<ByteBuffer> spoil = right -> right;

    /** An EDID of one block: a detailed timing, a serial number, a name. */
    static byte[] edid(String name, int width, int height) {
        byte[] bytes = new byte[Edid.BLOCK_BYTES];
        for (int i = 1; i < 7; i++) {
            bytes[i] = -1;
        }
        bytes[54] = 1;
        bytes[56] = (byte) width;
        bytes[58] = (byte) ((width >>> 4 & 0xF0) | 0x3);
        bytes[59] = (byte) height;
        bytes[61] = (byte) ((height >>> 4 & 0xF0) | 0x5);
        text(bytes, 72, 0xFF, "12345");
        text(bytes, 90, 0xFC, name);
        return sealed(bytes);
    }

    private static void text(byte[] bytes, int at, int tag, String text) {
        bytes[at + 3] = (byte) tag;
        byte[] padded = (text + "\n            ").substring(0, 13).getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(padded, 0, bytes, at + 5, 13);
    }

    private static byte[] sealed(byte[] bytes) {
        int sum = 0;
        bytes[127] = 0;
        for (byte b : bytes) {
            sum += b;
        }
        bytes[127] = (byte) -sum;
        return bytes;
    }

    private GpuDevice open(boolean edidOffered) {
        device.offered = edidOffered ? Features.of(GpuFeatureBits.EDID) : Features.NONE;
        device.answer = right -> {
            byte[] request = device.last();
            switch (ScriptedGpu.le32(request, 0)) {
                case GpuCommand.GET_DISPLAY_INFO -> {
                    for (int scanout = 0; scanout < edids.length; scanout++) {
                        right.putInt(24 + 24 * scanout + 8, 640).putInt(24 + 24 * scanout + 12, 480);
                        right.putInt(24 + 24 * scanout + 16, 1);
                    }
                }
                case GpuCommand.GET_EDID -> {
                    byte[] edid = edids[ScriptedGpu.le32(request, GpuEdidLayout.SCANOUT_ID)];
                    right.putInt(GpuEdidLayout.SIZE, edid.length).put(GpuEdidLayout.EDID, edid);
                    return spoil.apply(right);
                }
                default -> {}
            }
            return right;
        };
        bench = new Workbench(device);
        return bench.open(bench.options.withErrorHandler(errors::add));
    }

    @Test
    @Clause({"GPU-DRV-INIT-EDID", "GPU-EDID-NEGOTIATED", "GPU-DRV-INIT-DISPLAY-INFO"})
    void atStartEveryDisplayThatIsThereIsAskedForItsEdid() {
        GpuDevice gpu = open(true);

        assertThat(device.types())
                .containsExactly(GpuCommand.GET_DISPLAY_INFO, GpuCommand.GET_EDID, GpuCommand.GET_EDID);
        assertThat(device.requests.subList(1, 3))
                .allSatisfy(request -> assertThat(request).hasSize(GpuEdidLayout.REQUEST_BYTES))
                .extracting(request -> ScriptedGpu.le32(request, 24))
                .containsExactly(0, 1);
        Edid second = gpu.displays().get(1).edid().orElseThrow();
        assertThat(second.name()).hasValue("Second");
        assertThat(second.preferredMode()).hasValue(new Edid.Mode(3840, 2160));
        assertThat(second.isChecksumOk()).isTrue();
        assertThat(second.bytes()).isEqualTo(edids[1]);
        assertThat(second).hasToString("Edid[Second, 3840x2160, 128 bytes]");
        assertThat(gpu.displays().get(2).edid())
                .as("a display that is not there")
                .isEmpty();
        assertThat(errors).isEmpty();
    }

    @Test
    @Clause("GPU-EDID-NEGOTIATED")
    void withoutTheFeatureNobodyAsksForAnEdid() {
        GpuDevice gpu = open(false);
        assertThat(device.types()).containsExactly(GpuCommand.GET_DISPLAY_INFO);
        assertThat(gpu.displays()).allMatch(display -> display.edid().isEmpty());
    }

    @Test
    @Clause({"GPU-DRV-DISPLAY-EVENT-EDID", "GPU-DRV-DISPLAY-EVENT"})
    void aDisplayEventHasTheEdidsAskedForAgain() {
        GpuDevice gpu = open(true);
        device.requests.clear();
        edids[0] = edid("Other", 1280, 720);
        assertThat(gpu.refreshDisplays()).as("nothing was said").isFalse();

        device.config.update(fields -> fields.putLe32(GpuConfigLayout.EVENTS_READ, GpuConfigLayout.EVENT_DISPLAY));
        bench.transport.configChanged();

        assertThat(gpu.refreshDisplays()).isTrue();
        assertThat(device.types())
                .containsExactly(GpuCommand.GET_DISPLAY_INFO, GpuCommand.GET_EDID, GpuCommand.GET_EDID);
        assertThat(gpu.preferredDisplay().edid().orElseThrow().name()).hasValue("Other");
        assertThat(bench.transport.writes).last().isEqualTo("config 4+4");
    }

    private void assertAbsentAndTold(String reason) {
        GpuDevice gpu = open(true);
        assertThat(gpu.displays()).allMatch(display -> display.edid().isEmpty());
        assertThat(gpu.displays()).filteredOn(Display::enabled).hasSize(2);
        assertThat(errors)
                .hasSize(2)
                .allSatisfy(error ->
                        assertThat(error).isInstanceOf(GpuException.class).hasMessageContaining(reason));
        assertThat(gpu.scanoutCount()).as("the driver works on").isEqualTo(16);
        gpu.disableScanout(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 1025, 1 << 30, 0, 1, 127, 129})
    void anEdidOfAnImpossibleLengthIsAbsent(int size) {
        spoil = right -> right.putInt(GpuEdidLayout.SIZE, size);
        assertAbsentAndTold(Integer.toUnsignedLong(size) + " bytes");
    }

    @Test
    void anEdidThatBeginsWronglyIsAbsent() {
        spoil = right -> right.put(GpuEdidLayout.EDID + 7, (byte) 1);
        assertAbsentAndTold("of scanout");
    }

    @Test
    void anEdidThatTheDeviceRefusesIsAbsent() {
        spoil = right -> right.putInt(0, GpuResponse.ERR_UNSPEC).limit(24);
        assertAbsentAndTold("GET_EDID with ERR_UNSPEC");
    }

    @Test
    void anAnswerThatIsCutShortIsAbsent() {
        spoil = right -> right.limit(GpuEdidLayout.RESPONSE_BYTES - 1);
        assertAbsentAndTold("OK_EDID of 1055 bytes");
    }

    @Test
    void anEdidWithAWrongChecksumIsThereAndToldOf() {
        edids[0][127]++;
        GpuDevice gpu = open(true);
        assertThat(gpu.preferredDisplay().edid().orElseThrow().isChecksumOk()).isFalse();
        assertThat(errors)
                .singleElement()
                .satisfies(error ->
                        assertThat(error).hasMessage("the EDID of scanout 0 is doubtful: its checksum is wrong"));
    }

    @Test
    void everyBlockHasAChecksum() {
        byte[] two = new byte[256];
        System.arraycopy(edids[0], 0, two, 0, 128);
        assertThat(Edid.of(two).isChecksumOk()).isTrue();
        two[200] = 1;
        assertThat(Edid.of(two).isChecksumOk()).isFalse();
        two[128] = -1;
        assertThat(Edid.of(two).isChecksumOk()).isTrue();
    }

    @Test
    void anEdidDoesNotChangeWithTheBytesItWasReadFrom() {
        byte[] bytes = edids[0].clone();
        Edid edid = Edid.of(bytes);
        bytes[60]++;
        edid.bytes()[60]++;
        assertThat(edid).isEqualTo(Edid.of(edids[0])).hasSameHashCodeAs(Edid.of(edids[0]));
        assertThat(edid).isNotEqualTo(Edid.of(edids[1]));
    }

    @Test
    void anEdidWithoutNameAndTimingSaysSo() {
        byte[] bare = new byte[128];
        System.arraycopy(edids[0], 0, bare, 0, 8);
        Edid edid = Edid.of(sealed(bare));
        assertThat(edid.name()).isEmpty();
        assertThat(edid.preferredMode()).isEmpty();
        assertThat(edid).hasToString("Edid[no name, no mode, 128 bytes]");
        assertThatThrownBy(() -> Edid.of(new byte[0])).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whatever stands between header and checksum. */
    @Property(tries = 300)
    void noBytesOfAnEdidThrow(@ForAll @Size(128) byte[] bytes) {
        System.arraycopy(edids[0], 0, bytes, 0, 8);
        Edid edid = Edid.of(bytes);
        edid.preferredMode().ifPresent(mode -> {
            assertThat(mode.width()).isBetween(1, 4095);
            assertThat(mode.height()).isBetween(1, 4095);
        });
        edid.name().ifPresent(name -> assertThat(name.length()).isLessThanOrEqualTo(13));
        assertThat(Edid.of(sealed(bytes)).isChecksumOk()).isTrue();
    }
}
