// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MessageTest {
    private static final Arbitrary<Integer> INTS = Arbitraries.integers();
    private static final Arbitrary<Long> LONGS = Arbitraries.longs();

    /** A request, and how many descriptors go with it. */
    record Sent(Request request, int fds) {}

    private static Arbitrary<MemoryRegion> regions() {
        return Combinators.combine(LONGS, LONGS, LONGS, LONGS).as(MemoryRegion::new);
    }

    private static Arbitrary<ConfigPayload> configs() {
        return Combinators.combine(
                        INTS, INTS, Arbitraries.bytes().array(byte[].class).ofMaxSize(ConfigPayload.MAX_BYTES))
                .as(ConfigPayload::new);
    }

    private static Arbitrary<Sent> alone(Arbitrary<? extends Request> requests, int fds) {
        return requests.map(request -> new Sent(request, fds));
    }

    private static Arbitrary<Sent> ringFds(VringFd.Maker maker) {
        return Combinators.combine(Arbitraries.integers().between(0, 255), Arbitraries.of(true, false))
                .as((index, hasFd) -> new Sent(maker.make(index, hasFd), hasFd ? 1 : 0));
    }

    @Provide
    Arbitrary<Sent> requests() {
        List<Arbitrary<Sent>> kinds = new ArrayList<>(Stream.of(
                        new Request.GetFeatures(),
                        new Request.SetOwner(),
                        new Request.ResetOwner(),
                        new Request.GetProtocolFeatures(),
                        new Request.GetQueueNum(),
                        new Request.ResetDevice(),
                        new Request.GetMaxMemSlots(),
                        new Request.GetStatus())
                .map(request -> alone(Arbitraries.just(request), 0))
                .toList());
        kinds.add(alone(Arbitraries.just(new Request.SetBackendReqFd()), 1));
        kinds.add(alone(LONGS.map(Request.SetFeatures::new), 0));
        kinds.add(alone(LONGS.map(Request.SetProtocolFeatures::new), 0));
        kinds.add(alone(LONGS.map(Request.SetStatus::new), 0));
        kinds.add(alone(Combinators.combine(INTS, INTS).as(Request.SetVringNum::new), 0));
        kinds.add(alone(Combinators.combine(INTS, INTS).as(Request.SetVringBase::new), 0));
        kinds.add(alone(Combinators.combine(INTS, INTS).as(Request.SetVringEnable::new), 0));
        kinds.add(alone(INTS.map(Request.GetVringBase::new), 0));
        kinds.add(alone(
                Combinators.combine(INTS, INTS, LONGS, LONGS, LONGS, LONGS).as(Request.SetVringAddr::new), 0));
        kinds.add(ringFds(Request.SetVringKick::new));
        kinds.add(ringFds(Request.SetVringCall::new));
        kinds.add(ringFds(Request.SetVringErr::new));
        kinds.add(alone(regions().map(Request.AddMemReg::new), 1));
        kinds.add(alone(regions().map(Request.RemMemReg::new), 0));
        kinds.add(alone(configs().map(Request.GetConfig::new), 0));
        kinds.add(alone(configs().map(Request.SetConfig::new), 0));
        kinds.add(regions()
                .list()
                .ofMaxSize(RequestCode.MAX_TABLE_REGIONS)
                .map(table -> new Sent(new Request.SetMemTable(table), table.size())));
        assertThat(kinds).hasSize(RequestCode.values().length);
        return Arbitraries.oneOf(kinds);
    }

    @Property
    void aRequestIsReadAsItWasWritten(@ForAll("requests") Sent sent) {
        Request request = sent.request();
        byte[] payload = request.payload();
        assertThat(payload).hasSize(request.payloadBytes());
        assertThat(RequestCode.decode(request.code().number(), payload, sent.fds()))
                .isEqualTo(request);
    }

    @Property
    void aRequestThatIsCutOffOrTooLongOrCameWithOtherDescriptorsIsRefused(
            @ForAll("requests") Sent sent, @ForAll @IntRange(min = 0, max = 5000) int length) {
        int number = sent.request().code().number();
        byte[] payload = sent.request().payload();
        // QEMU sends a table of memory with what lies behind it.
        boolean mayBeLonger = sent.request() instanceof Request.SetMemTable;
        if (length != payload.length && !(mayBeLonger && length > payload.length)) {
            assertThat(RequestCode.decode(number, Arrays.copyOf(payload, length), sent.fds()))
                    .isInstanceOf(Refusal.class);
        }
        boolean mayCome = sent.request() instanceof Request.RemMemReg;
        if (!mayCome) {
            assertThat(RequestCode.decode(number, payload, sent.fds() + 1)).isInstanceOf(Refusal.class);
            assertThat(RequestCode.decode(number, payload, sent.fds() - 1)).isInstanceOf(Refusal.class);
        }
    }

    @Property
    void noBytesThrow(
            @ForAll @IntRange(min = -2, max = 45) int number,
            @ForAll @Size(max = 400) byte[] payload,
            @ForAll @IntRange(min = 0, max = 9) int fds) {
        Incoming request = RequestCode.decode(number, payload, fds);
        if (request instanceof Request known) {
            assertThat(known.code().number()).isEqualTo(number);
        } else {
            assertThat(request).isInstanceOf(Refusal.class);
        }
    }

    @Property
    void noTableOfMemoryThrows(@ForAll int count, @ForAll @Size(max = 300) byte[] rest) {
        byte[] payload = Arrays.copyOf(
                new byte[] {(byte) count, (byte) (count >> 8), (byte) (count >> 16), (byte) (count >> 24)},
                8 + rest.length);
        System.arraycopy(rest, 0, payload, 8, rest.length);
        Incoming request = RequestCode.decode(RequestCode.SET_MEM_TABLE.number(), payload, count);
        boolean fits = count >= 0 && count <= RequestCode.MAX_TABLE_REGIONS && rest.length >= 32 * count;
        assertThat(request).isInstanceOf(fits ? Request.SetMemTable.class : Refusal.class);
    }

    @Property
    void aHeaderIsReadAsItWasWritten(
            @ForAll int code, @ForAll boolean wantsReply, @ForAll @Size(max = 300) byte[] payload) {
        Header request = Header.ofRequest(code, wantsReply, payload.length);
        byte[] bytes = request.encode(payload);
        assertThat(Arrays.copyOfRange(bytes, Header.BYTES, bytes.length)).isEqualTo(payload);
        assertThat(Header.decode(Arrays.copyOf(bytes, Header.BYTES))).isEqualTo(request);
        assertThat(request.isReply()).isFalse();
        assertThat(request.wantsReply()).isEqualTo(wantsReply);
        Header reply = Header.ofReply(code, payload.length);
        assertThat(Header.decode(Arrays.copyOf(reply.encode(payload), Header.BYTES)))
                .isEqualTo(reply);
        assertThat(reply.isReply()).isTrue();
    }

    @Property
    void noHeaderThrowsAndOnlyVersionOneOfBoundedLengthIsTaken(@ForAll @Size(12) byte[] bytes) {
        int flags = bytes[4] & 0xFF;
        boolean others = flags > 15 || (bytes[5] | bytes[6] | bytes[7]) != 0;
        int length = (bytes[8] & 0xFF) | (bytes[9] & 0xFF) << 8 | (bytes[10] & 0xFF) << 16 | bytes[11] << 24;
        boolean good = (flags & 3) == 1 && !others && length >= 0 && length <= Header.MAX_PAYLOAD_BYTES;
        assertThat(Header.decode(bytes)).isInstanceOf(good ? Header.class : Refusal.class);
    }

    @Property
    void aReplyIsReadAsItWasWritten(@ForAll long value, @ForAll int index, @ForAll int base) {
        assertThat(Reply.decode(RequestCode.GET_FEATURES, new Reply.Value(value).payload()))
                .isEqualTo(new Reply.Value(value));
        assertThat(Reply.decode(RequestCode.GET_VRING_BASE, new Reply.State(index, base).payload()))
                .isEqualTo(new Reply.State(index, base));
        Reply config = new Reply.Config(new ConfigPayload(index, base, new byte[] {1, 2, 3}));
        assertThat(Reply.decode(RequestCode.GET_CONFIG, config.payload())).isEqualTo(config);
        assertThat(Reply.decode(RequestCode.GET_CONFIG, new Reply.NoConfig().payload()))
                .isEqualTo(new Reply.NoConfig());
    }

    @Property
    void noReplyThrows(@ForAll RequestCode request, @ForAll @Size(max = 300) byte[] payload) {
        assertThat(Reply.decode(request, payload)).isInstanceOfAny(Reply.class, Refusal.class);
    }

    /** Written down by hand from the layouts of the protocol. */
    @Example
    void theBytesAreTheProtocols() {
        Request addr = new Request.SetVringAddr(1, 0, 0x1000, 0x2000, 0x3000, 0);
        assertThat(HexFormat.of()
                        .formatHex(Header.ofRequest(addr.code().number(), true, addr.payloadBytes())
                                .encode(addr.payload())))
                .isEqualTo("09000000" + "09000000" + "28000000" + "01000000" + "00000000" + "0010000000000000"
                        + "0020000000000000" + "0030000000000000" + "0000000000000000");
        assertThat(HexFormat.of().formatHex(new Request.SetVringKick(3, false).payload()))
                .isEqualTo("0301000000000000");
        assertThat(HexFormat.of().formatHex(new Request.AddMemReg(new MemoryRegion(1, 2, 3, 4)).payload()))
                .isEqualTo("0000000000000000" + "0100000000000000" + "0200000000000000" + "0300000000000000"
                        + "0400000000000000");
    }
}
