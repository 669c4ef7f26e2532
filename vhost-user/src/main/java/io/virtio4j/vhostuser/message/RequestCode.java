// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Which requests there are, by the protocol's numbers: how long each is, what comes along, and whether it is answered. */
@SuppressWarnings("ImmutableEnumChecker") // its functions have no state
public enum RequestCode {
    /** See {@link Request.GetFeatures}. */
    GET_FEATURES(1, 0, 0, 0, true, in -> new Request.GetFeatures()),
    /** See {@link Request.SetFeatures}. */
    SET_FEATURES(2, Long.BYTES, 0, 0, false, in -> new Request.SetFeatures(in.getLong())),
    /** See {@link Request.SetOwner}. */
    SET_OWNER(3, 0, 0, 0, false, in -> new Request.SetOwner()),
    /** See {@link Request.ResetOwner}. */
    RESET_OWNER(4, 0, 0, 0, false, in -> new Request.ResetOwner()),
    /** See {@link Request.SetMemTable}. */
    SET_MEM_TABLE(5, Layout.ANY, 0, 8, false, Layout::table),
    /** See {@link Request.SetVringNum}. */
    SET_VRING_NUM(8, Layout.STATE_BYTES, 0, 0, false, in -> new Request.SetVringNum(in.getInt(), in.getInt())),
    /** See {@link Request.SetVringAddr}. */
    SET_VRING_ADDR(
            9,
            Layout.ADDR_BYTES,
            0,
            0,
            false,
            in -> new Request.SetVringAddr(
                    in.getInt(), in.getInt(), in.getLong(), in.getLong(), in.getLong(), in.getLong())),
    /** See {@link Request.SetVringBase}. */
    SET_VRING_BASE(10, Layout.STATE_BYTES, 0, 0, false, in -> new Request.SetVringBase(in.getInt(), in.getInt())),
    /** See {@link Request.GetVringBase}. */
    GET_VRING_BASE(11, Layout.STATE_BYTES, 0, 0, true, in -> new Request.GetVringBase(in.getInt())),
    /** See {@link Request.SetVringKick}. */
    SET_VRING_KICK(12, Long.BYTES, 0, 1, false, in -> VringFd.read(in, Request.SetVringKick::new)),
    /** See {@link Request.SetVringCall}. */
    SET_VRING_CALL(13, Long.BYTES, 0, 1, false, in -> VringFd.read(in, Request.SetVringCall::new)),
    /** See {@link Request.SetVringErr}. */
    SET_VRING_ERR(14, Long.BYTES, 0, 1, false, in -> VringFd.read(in, Request.SetVringErr::new)),
    /** See {@link Request.GetProtocolFeatures}. */
    GET_PROTOCOL_FEATURES(15, 0, 0, 0, true, in -> new Request.GetProtocolFeatures()),
    /** See {@link Request.SetProtocolFeatures}. */
    SET_PROTOCOL_FEATURES(16, Long.BYTES, 0, 0, false, in -> new Request.SetProtocolFeatures(in.getLong())),
    /** See {@link Request.GetQueueNum}. */
    GET_QUEUE_NUM(17, 0, 0, 0, true, in -> new Request.GetQueueNum()),
    /** See {@link Request.SetVringEnable}. */
    SET_VRING_ENABLE(18, Layout.STATE_BYTES, 0, 0, false, in -> new Request.SetVringEnable(in.getInt(), in.getInt())),
    /** See {@link Request.SetBackendReqFd}. */
    SET_BACKEND_REQ_FD(21, 0, 1, 1, false, in -> new Request.SetBackendReqFd()),
    /** See {@link Request.GetConfig}. */
    GET_CONFIG(24, Layout.ANY, 0, 0, true, in -> ConfigPayload.read(in, Request.GetConfig::new)),
    /** See {@link Request.SetConfig}. */
    SET_CONFIG(25, Layout.ANY, 0, 0, false, in -> ConfigPayload.read(in, Request.SetConfig::new)),
    /** See {@link Request.ResetDevice}. */
    RESET_DEVICE(34, 0, 0, 0, false, in -> new Request.ResetDevice()),
    /** See {@link Request.GetMaxMemSlots}. */
    GET_MAX_MEM_SLOTS(36, 0, 0, 0, true, in -> new Request.GetMaxMemSlots()),
    /** See {@link Request.AddMemReg}. */
    ADD_MEM_REG(37, Layout.REGION_BYTES, 1, 1, false, in -> new Request.AddMemReg(Layout.region(in))),
    /** See {@link Request.RemMemReg}. */
    REM_MEM_REG(38, Layout.REGION_BYTES, 0, 1, false, in -> new Request.RemMemReg(Layout.region(in))),
    /** See {@link Request.SetStatus}. */
    SET_STATUS(39, Long.BYTES, 0, 0, false, in -> new Request.SetStatus(in.getLong())),
    /** See {@link Request.GetStatus}. */
    GET_STATUS(40, 0, 0, 0, true, in -> new Request.GetStatus());

    /** How many regions SET_MEM_TABLE has at most. */
    public static final int MAX_TABLE_REGIONS = 8;

    private static final Map<Integer, RequestCode> BY_NUMBER = new HashMap<>();

    static {
        for (RequestCode code : values()) {
            BY_NUMBER.put(code.number, code);
        }
    }

    private final int number;
    private final int payloadBytes;
    private final int minFds;
    private final int maxFds;
    private final boolean alwaysReplied;
    private final Function<ByteBuffer, Incoming> reader;

    RequestCode(
            int number,
            int payloadBytes,
            int minFds,
            int maxFds,
            boolean alwaysReplied,
            Function<ByteBuffer, Incoming> reader) {
        this.number = number;
        this.payloadBytes = payloadBytes;
        this.minFds = minFds;
        this.maxFds = maxFds;
        this.alwaysReplied = alwaysReplied;
        this.reader = reader;
    }

    /** {@return the protocol's number} */
    public int number() {
        return number;
    }

    /** {@return how long the payload is, where that does not depend on what it says} */
    int payloadBytes() {
        return payloadBytes;
    }

    /** {@return whether there is a reply, wanted or not} */
    public boolean isAlwaysReplied() {
        return alwaysReplied;
    }

    /**
     * {@return the request of that number, if there is one}
     *
     * @param number any
     */
    public static Optional<RequestCode> of(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    /**
     * Reads a request that a peer has sent.
     *
     * @param number which, as its header says; any
     * @param payload any bytes
     * @param fds how many descriptors came along
     * @return the request, or what is wrong with it
     */
    public static Incoming decode(int number, byte[] payload, int fds) {
        RequestCode code = BY_NUMBER.get(number);
        if (code == null) {
            return new Refusal("request " + Integer.toUnsignedString(number) + " is not known");
        }
        if (code.payloadBytes != Layout.ANY && payload.length != code.payloadBytes) {
            return new Refusal(code + " has a payload of " + payload.length + " bytes, not " + code.payloadBytes);
        }
        if (fds < code.minFds || fds > code.maxFds) {
            return new Refusal(code + " came with " + fds + " descriptors, not " + code.minFds + ".." + code.maxFds);
        }
        Incoming request = code.reader.apply(ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN));
        return Layout.fdsMissing(request, fds)
                ? new Refusal(code + " came with " + fds + " descriptors: " + request)
                : request;
    }
}
