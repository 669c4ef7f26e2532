// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What every message begins with.
 *
 * <pre>
 *   offset 0          4                                     8
 *   +----------------+-------------------------------------+--------------------+
 *   | request (le32) | flags (le32): version 0-1, reply 2, | payload bytes (le32)|
 *   |                | wants a reply 3                     |                    |
 *   +----------------+-------------------------------------+--------------------+
 * </pre>
 *
 * @param request which; a reply has that of its request
 * @param flags all of them
 * @param payloadBytes 0..{@link #MAX_PAYLOAD_BYTES}
 */
public record Header(int request, int flags, int payloadBytes) implements Incoming {
    /** How long it is. */
    public static final int BYTES = 12;

    /** No message of the protocol is as long. */
    public static final int MAX_PAYLOAD_BYTES = 4096;

    private static final int VERSION = 1;
    private static final int VERSION_MASK = 3;
    private static final int REPLY = 1 << 2;
    private static final int WANTS_REPLY = 1 << 3;
    private static final int KNOWN_FLAGS = VERSION_MASK | REPLY | WANTS_REPLY;

    /**
     * {@return the header of a request}
     *
     * @param code which
     * @param wantsReply whether it is to be answered although its kind is not
     * @param payloadBytes how long the payload is
     */
    public static Header ofRequest(int code, boolean wantsReply, int payloadBytes) {
        return new Header(code, VERSION | (wantsReply ? WANTS_REPLY : 0), payloadBytes);
    }

    /**
     * {@return the header of a reply}
     *
     * @param code what is replied to
     * @param payloadBytes how long the payload is
     */
    public static Header ofReply(int code, int payloadBytes) {
        return new Header(code, VERSION | REPLY, payloadBytes);
    }

    /**
     * Reads a header that a peer has sent.
     *
     * @param bytes {@link #BYTES} of them, any
     * @return the header, or what is wrong with it
     */
    public static Incoming decode(byte[] bytes) {
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Header header = new Header(fields.getInt(), fields.getInt(), fields.getInt());
        if ((header.flags & VERSION_MASK) != VERSION) {
            return new Refusal(
                    "request " + header.request + " has version " + (header.flags & VERSION_MASK) + ", not " + VERSION);
        }
        if ((header.flags & ~KNOWN_FLAGS) != 0) {
            return new Refusal("request " + header.request + " has flags 0x" + Integer.toHexString(header.flags));
        }
        if (header.payloadBytes < 0 || header.payloadBytes > MAX_PAYLOAD_BYTES) {
            return new Refusal("request " + header.request + " announces a payload of "
                    + Integer.toUnsignedString(header.payloadBytes) + " bytes; none has more than "
                    + MAX_PAYLOAD_BYTES);
        }
        return header;
    }

    /** {@return whether it is a reply} */
    public boolean isReply() {
        return (flags & REPLY) != 0;
    }

    /** {@return whether a reply is wanted; means something where REPLY_ACK was agreed on} */
    public boolean wantsReply() {
        return (flags & WANTS_REPLY) != 0;
    }

    /**
     * {@return the header and a payload, as they are sent}
     *
     * @param payload as long as the header says
     */
    public byte[] encode(byte[] payload) {
        return ByteBuffer.allocate(BYTES + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(request)
                .putInt(flags)
                .putInt(payloadBytes)
                .put(payload)
                .array();
    }
}
