// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.blk.BlkDevice;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.vhostuser.message.ConfigPayload;
import io.virtio4j.vhostuser.message.Header;
import io.virtio4j.vhostuser.message.MemoryRegion;
import io.virtio4j.vhostuser.message.ProtocolFeature;
import io.virtio4j.vhostuser.message.Reply;
import io.virtio4j.vhostuser.message.Request;
import io.virtio4j.vhostuser.os.Fd;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the back-end does with front-ends that do not do as they should, or in another order. */
class VhostUserServerTest {
    private static final long VERSION_1 = Features.of(FeatureBits.VERSION_1).low();
    private static final long WITH_PROTOCOL = VERSION_1 | ProtocolFeature.of(ProtocolFeature.IN_FEATURES);

    @TempDir
    Path folder;

    private VhostUserRig rig;

    @BeforeEach
    void serve() {
        rig = new VhostUserRig(folder);
    }

    /** Whatever a front-end did: the next one is served, and nothing of the last is left. */
    @AfterEach
    void theNextFrontEndIsServed() {
        rig.deviceErrors.clear();
        try (VhostUserTransport transport = rig.connect();
                BlkDevice disk = BlkDevice.open(transport, rig.arena, rig.options())) {
            DmaBuffer buffer = rig.buffer(512, 3);
            disk.write(0, buffer);
            VhostUserRig.fill(buffer, 0);
            disk.read(0, buffer);
            assertThat(VhostUserRig.bytes(buffer)).containsOnly(3);
        }
        assertThat(rig.deviceErrors).isEmpty();
        rig.close();
    }

    private static byte[] header(int request, int flags, int payloadBytes) {
        return new Header(request, flags, payloadBytes).encode(new byte[0]);
    }

    private static Arguments bad(String what, BiConsumer<RawFrontEnd, Fd> send) {
        return Arguments.of(what, send);
    }

    static Stream<Arguments> whatIsNoMessageOrCannotBe() {
        MemoryRegion page = new MemoryRegion(0, 4096, 0x1000, 0);
        return Stream.of(
                bad("no version", (front, file) -> front.sendBytes(header(1, 0, 0))),
                bad("unknown flags", (front, file) -> front.sendBytes(header(1, 0x101, 0))),
                bad("a reply", (front, file) -> front.sendBytes(header(1, 5, 0))),
                bad("a long payload", (front, file) -> front.sendBytes(header(2, 1, 1 << 20))),
                bad("a payload of minus one", (front, file) -> front.sendBytes(header(2, 1, -1))),
                bad("an unknown request", (front, file) -> front.sendBytes(header(99, 1, 0))),
                bad("SET_LOG_BASE, which is not offered", (front, file) -> front.sendBytes(header(6, 1, 0))),
                bad("noise", (front, file) -> front.sendBytes(new byte[100])),
                bad("a descriptor too many", (front, file) -> front.sendBytes(header(1, 1, 0), file)),
                bad("more descriptors than any message has", (front, file) -> {
                    Fd[] many = new Fd[16];
                    Arrays.fill(many, file);
                    front.sendBytes(header(1, 1, 0), many);
                }),
                bad("a table without its files", (front, file) -> front.send(new Request.SetMemTable(List.of(page)))),
                bad(
                        "1000 regions",
                        (front, file) -> front.sendBytes(
                                Header.ofRequest(5, false, 8).encode(new byte[] {(byte) 0xE8, 3, 0, 0, 0, 0, 0, 0}))),
                bad(
                        "a region larger than its file",
                        (front, file) -> front.send(
                                new Request.SetMemTable(List.of(new MemoryRegion(0, 1L << 40, 0x1000, 0))), file)),
                bad(
                        "a region that wraps around",
                        (front, file) -> front.send(
                                new Request.SetMemTable(List.of(new MemoryRegion(-4096, 8192, 0x1000, 0))), file)),
                bad(
                        "regions that overlap",
                        (front, file) -> front.send(new Request.SetMemTable(List.of(page, page)), file, file)),
                bad(
                        "memory in what is no file",
                        (front, file) -> front.send(new Request.SetMemTable(List.of(page)), front.kick.fd())),
                bad("a region that is not there", (front, file) -> front.send(new Request.RemMemReg(page))),
                bad("queue 9999", (front, file) -> front.send(new Request.SetVringNum(9999, 128))),
                bad("queue -1", (front, file) -> front.send(new Request.SetVringBase(-1, 0))),
                bad(
                        "queue 200 kicked",
                        (front, file) -> front.send(new Request.SetVringKick(200, true), front.kick.fd())),
                bad("the base of queue 77", (front, file) -> front.send(new Request.GetVringBase(77))),
                bad("a queue of none", (front, file) -> front.send(new Request.SetVringNum(0, 0))),
                bad("a queue of many", (front, file) -> front.send(new Request.SetVringNum(0, 1 << 20))),
                bad("enabled by 2", (front, file) -> front.send(new Request.SetVringEnable(0, 2))),
                bad("features that were not offered", (front, file) -> front.send(new Request.SetFeatures(-1))),
                bad("no VERSION_1", (front, file) -> front.send(new Request.SetFeatures(0))),
                bad(
                        "protocol features that were not offered",
                        (front, file) -> front.send(new Request.SetProtocolFeatures(-1))),
                bad(
                        "a channel without BACKEND_REQ",
                        (front, file) -> front.send(new Request.SetBackendReqFd(), front.kick.fd())),
                bad(
                        "configuration beyond its end",
                        (front, file) -> front.send(new Request.SetConfig(new ConfigPayload(-1, 0, new byte[4])))),
                bad("a ring that starts without memory", (front, file) -> {
                    front.send(new Request.SetFeatures(VERSION_1));
                    startRing(front, new Request.SetVringAddr(0, 0, 0x1000, 0x1400, 0x1800, 0));
                }),
                bad("a ring outside memory", (front, file) -> {
                    front.send(new Request.SetFeatures(VERSION_1));
                    front.send(new Request.SetMemTable(List.of(page)), file);
                    startRing(front, new Request.SetVringAddr(0, 0, 0x9000, 0x1400, 0x1800, 0));
                }),
                bad("a ring that is not aligned", (front, file) -> {
                    front.send(new Request.SetFeatures(VERSION_1));
                    front.send(new Request.SetMemTable(List.of(page)), file);
                    startRing(front, new Request.SetVringAddr(0, 0, 0x1001, 0x1400, 0x1800, 0));
                }),
                bad("a ring that ends outside memory", (front, file) -> {
                    front.send(new Request.SetFeatures(VERSION_1));
                    front.send(new Request.SetMemTable(List.of(page)), file);
                    startRing(front, new Request.SetVringAddr(0, 0, 0x1FF0, 0x1400, 0x1800, 0));
                }),
                bad("a ring of a size that is no power of two", (front, file) -> {
                    front.send(new Request.SetFeatures(VERSION_1));
                    front.send(new Request.SetMemTable(List.of(page)), file);
                    front.send(new Request.SetVringNum(0, 7));
                    front.send(new Request.SetVringAddr(0, 0, 0x1000, 0x1400, 0x1800, 0));
                    front.send(new Request.SetVringKick(0, true), front.kick.fd());
                }));
    }

    private static void startRing(RawFrontEnd front, Request.SetVringAddr address) {
        front.send(new Request.SetVringNum(0, 8));
        front.send(address);
        front.send(new Request.SetVringKick(0, true), front.kick.fd());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatIsNoMessageOrCannotBe")
    void aFrontEndIsSentAwayAndToldOfOnce(String what, BiConsumer<RawFrontEnd, Fd> send) {
        try (RawFrontEnd front = new RawFrontEnd(rig.socket)) {
            send.accept(front, rig.memory.fd());
            front.assertSentAway();
        }
        assertThat(rig.deviceErrors)
                .singleElement()
                .satisfies(error -> assertThat(error).hasMessageStartingWith("the front-end is sent away: "));
    }

    @Test
    void whoWantsAReplyIsRefusedAndStays() {
        try (RawFrontEnd front = new RawFrontEnd(rig.socket)) {
            front.ask(new Request.GetFeatures());
            front.send(new Request.SetProtocolFeatures(
                    ProtocolFeature.of(ProtocolFeature.REPLY_ACK, ProtocolFeature.CONFIGURE_MEM_SLOTS)));
            assertThat(front.tell(new Request.SetVringNum(9999, 8))).isNotZero();
            assertThat(front.tell(new Request.SetFeatures(-1))).isNotZero();
            assertThat(front.tell(new Request.AddMemReg(new MemoryRegion(0, 1L << 40, 0x1000, 0)), rig.memory.fd()))
                    .isNotZero();
            assertThat(front.tell(new Request.AddMemReg(new MemoryRegion(0, 4096, 0x1000, 0)), rig.memory.fd()))
                    .isZero();
            assertThat(front.tell(new Request.RemMemReg(new MemoryRegion(0, 4096, 0x1000, 0))))
                    .isZero();
            assertThat(front.tell(new Request.SetFeatures(WITH_PROTOCOL))).isZero();
        }
    }

    /** The order of QEMU: see the page on what it was seen to send. */
    @Test
    void callAndErrComeBeforeMemoryAndFeaturesComeTwice() {
        try (RawFrontEnd front = new RawFrontEnd(rig.socket)) {
            front.ask(new Request.GetFeatures());
            front.send(new Request.SetProtocolFeatures(
                    ProtocolFeature.of(ProtocolFeature.REPLY_ACK, ProtocolFeature.CONFIG, ProtocolFeature.MQ)));
            for (int ring = 0; ring < 4; ring++) {
                assertThat(front.tell(new Request.SetVringCall(ring, true), front.call.fd()))
                        .isZero();
                assertThat(front.tell(new Request.SetVringErr(ring, true), front.call.fd()))
                        .isZero();
            }
            Reply config = front.ask(new Request.GetConfig(new ConfigPayload(0, 0, new byte[57])));
            assertThat(config).isInstanceOf(Reply.Config.class);
            assertThat(front.tell(new Request.SetFeatures(WITH_PROTOCOL))).isZero();
            assertThat(front.tell(new Request.SetFeatures(WITH_PROTOCOL))).isZero();
            List<MemoryRegion> table = rig.memory.regions();
            Fd file = rig.memory.fd();
            assertThat(front.tell(new Request.SetMemTable(table), file, file, file))
                    .isZero();
            long at = table.get(0).userAddress();
            for (int ring = 0; ring < 2; ring++) {
                long here = at + ring * 0x1000L;
                assertThat(front.tell(new Request.SetVringNum(ring, 8))).isZero();
                assertThat(front.tell(new Request.SetVringBase(ring, 0))).isZero();
                assertThat(front.tell(new Request.SetVringAddr(ring, 0, here, here + 0x800, here + 0x400, 0)))
                        .isZero();
                assertThat(front.tell(new Request.SetVringKick(ring, true), front.kick.fd()))
                        .isZero();
            }
            // Those that were never set up as well.
            for (int ring = 0; ring < 4; ring++) {
                assertThat(front.tell(new Request.SetVringEnable(ring, 1))).isZero();
            }
            assertThat(front.tell(new Request.SetMemTable(table), file, file, file))
                    .as("other memory while rings are served")
                    .isZero();
            for (int ring = 0; ring < 4; ring++) {
                assertThat(front.tell(new Request.SetVringEnable(ring, 0))).isZero();
            }
            for (int ring = 0; ring < 2; ring++) {
                assertThat(front.ask(new Request.GetVringBase(ring))).isEqualTo(new Reply.State(ring, 0));
            }
        }
        assertThat(rig.deviceErrors).isEmpty();
    }

    @Test
    void anotherServerIsRefusedAndTheFirstGoesOn() {
        assertThatThrownBy(() -> rig.startServer(false)).hasMessageContaining("EADDRINUSE");
    }
}
