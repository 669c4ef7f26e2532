// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.attach;
import static io.virtio4j.sim.gpu.Messages.create2d;
import static io.virtio4j.sim.gpu.Messages.displayInfo;
import static io.virtio4j.sim.gpu.Messages.fenced;
import static io.virtio4j.sim.gpu.Messages.flush;
import static io.virtio4j.sim.gpu.Messages.le32;
import static io.virtio4j.sim.gpu.Messages.le64;
import static io.virtio4j.sim.gpu.Messages.setScanout;
import static io.virtio4j.sim.gpu.Messages.transfer;
import static io.virtio4j.sim.gpu.Messages.unref;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.sim.gpu.Messages.MemEntry;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuQueues;
import io.virtio4j.wire.GpuResponse;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a message is cut into descriptors, and however short it is. */
final class SimGpuFramingTest {
    private static final int[] WHOLE = {24};

    private final GpuRig rig = GpuRig.withDisplay(16, 16);

    /** One of each, in an order in which all succeed, so that a lost byte shows as an error. */
    private static List<byte[]> session() {
        return List.of(
                create2d(0x0102_0304, GpuFormat.X8B8G8R8, 5, 3),
                attach(0x0102_0304, List.of(new MemEntry(GpuRig.PAGES + 16, 40), new MemEntry(GpuRig.PAGES, 20))),
                setScanout(0, 0x0102_0304, 1, 0, 4, 3),
                transfer(0x0102_0304, 0, 0, 5, 3, 0),
                flush(0x0102_0304, 0, 0, 5, 3),
                unref(0x0102_0304));
    }

    @Test
    @Clause("SPLIT-DEV-NO-FRAMING-ASSUMPTION")
    void aRequestMayBeCutAtEveryByte() {
        rig.fillPages(1);
        for (int cut = 1; cut < 64; cut++) {
            int flushes = rig.scanout.flushes.size();
            for (byte[] request : session()) {
                int first = Math.min(cut, request.length - 1);
                byte[] response = rig.send(
                        GpuQueues.CONTROL,
                        fenced(request, cut, 3),
                        new int[] {first, request.length - first},
                        new int[] {24});
                assertThat(le32(response, 0)).isEqualTo(GpuResponse.OK_NODATA);
                assertThat(le64(response, 8)).isEqualTo(cut);
            }
            assertThat(rig.scanout.flushes).hasSize(flushes + 1);
            assertThat(rig.scanout.lastPixels[2][3]).isEqualTo(rig.lowPages.getLe32(16));
        }
    }

    @Test
    @Clause("SPLIT-DEV-NO-FRAMING-ASSUMPTION")
    void everyByteMayHaveADescriptorOfItsOwn() {
        for (byte[] request : session()) {
            int[] ones = IntStream.generate(() -> 1).limit(request.length).toArray();
            int[] answerOnes = IntStream.generate(() -> 1).limit(24).toArray();
            byte[] response = rig.send(GpuQueues.CONTROL, fenced(request, -2, 3), ones, answerOnes);
            assertThat(le32(response, 0)).isEqualTo(GpuResponse.OK_NODATA);
            assertThat(le64(response, 8)).isEqualTo(-2);
        }
    }

    @Test
    @Clause("SPLIT-DEV-NO-FRAMING-ASSUMPTION")
    void aResponseMayBeCutAtEveryByte() {
        for (int cut = 1; cut < 408; cut++) {
            byte[] response = rig.send(GpuQueues.CONTROL, displayInfo(), WHOLE, new int[] {cut, 408 - cut});
            assertThat(response).hasSize(408);
            assertThat(le32(response, 0)).isEqualTo(GpuResponse.OK_DISPLAY_INFO);
            assertThat(le32(response, 32)).isEqualTo(16);
        }
    }

    static Stream<byte[]> requests() {
        return Stream.concat(Stream.of(displayInfo()), session().stream());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestThatEndsTooSoonIsAnsweredWithAnError(byte[] request) {
        for (int length = 1; length < request.length; length++) {
            byte[] response = rig.send(GpuQueues.CONTROL, Arrays.copyOf(request, length), new int[] {length}, WHOLE);
            int type = le32(response, 0);
            assertThat(response).hasSize(24);
            assertThat(GpuResponse.isError(type))
                    .as("%d of %d bytes", length, request.length)
                    .isTrue();
            assertThat(type == GpuResponse.ERR_UNSPEC).isEqualTo(length < 24);
        }
        assertThat(rig.errors).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void bytesAfterTheRequestAreIgnored(byte[] request) {
        for (byte[] earlier : session()) {
            if (Arrays.equals(earlier, request)) {
                break;
            }
            rig.control(earlier);
        }
        byte[] longer = Arrays.copyOf(request, request.length + 100);
        assertThat(GpuResponse.isError(rig.type(longer))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 25, 407})
    @Clause("CORE-DEV-USED-LENGTH")
    void aResponseThatDoesNotFitIsAnErrorThatDoes(int room) {
        byte[] response = rig.send(GpuQueues.CONTROL, fenced(displayInfo(), 5, 0), WHOLE, new int[] {room});
        assertThat(response).hasSize(24);
        assertThat(le32(response, 0)).isEqualTo(GpuResponse.ERR_UNSPEC);
        assertThat(le64(response, 8)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 23})
    @Clause("CORE-DEV-USED-LENGTH")
    void withoutRoomForAHeaderNothingIsWritten(int room) {
        assertThat(rig.send(GpuQueues.CONTROL, displayInfo(), WHOLE, new int[] {room}))
                .isEmpty();
    }

    @Test
    void aRequestWithoutRoomForAnAnswerIsUsedAllTheSame() {
        assertThat(rig.send(GpuQueues.CONTROL, displayInfo(), WHOLE, new int[0]))
                .isEmpty();
        assertThat(rig.send(GpuQueues.CONTROL, new byte[0], new int[0], WHOLE)).hasSize(24);
        assertThat(rig.errors).isEmpty();
    }
}
