// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Function;

/** Bytes of the device's configuration. A value. */
public final class ConfigPayload {
    /** No configuration is longer. */
    public static final int MAX_BYTES = 256;

    private static final int HEADER_BYTES = 3 * Integer.BYTES;

    private final int offset;
    private final int flags;
    private final byte[] bytes;

    /**
     * Makes the value.
     *
     * @param offset of the first; taken as unsigned
     * @param flags 0: fields that the driver may write; 1: for migration
     * @param bytes the bytes, 0..{@value #MAX_BYTES}; not copied
     */
    public ConfigPayload(int offset, int flags, byte[] bytes) {
        this.offset = offset;
        this.flags = flags;
        this.bytes = bytes;
    }

    /** {@return the offset of the first byte, as unsigned} */
    public int offset() {
        return offset;
    }

    /** {@return 0: fields that the driver may write; 1: for migration} */
    public int flags() {
        return flags;
    }

    /** {@return the bytes; not to be changed} */
    public byte[] bytes() {
        return bytes;
    }

    int payloadBytes() {
        return HEADER_BYTES + bytes.length;
    }

    void write(ByteBuffer to) {
        to.putInt(offset).putInt(bytes.length).putInt(flags).put(bytes);
    }

    /** All that is left is the payload. */
    static Incoming read(ByteBuffer in, Function<ConfigPayload, Incoming> maker) {
        if (in.remaining() < HEADER_BYTES) {
            return new Refusal("a configuration has a payload of " + in.remaining() + " bytes");
        }
        int offset = in.getInt();
        int size = in.getInt();
        int flags = in.getInt();
        if (size < 0 || size > MAX_BYTES || size != in.remaining()) {
            return new Refusal("a configuration of " + Integer.toUnsignedString(size) + " bytes comes with "
                    + in.remaining() + "; it has at most " + MAX_BYTES);
        }
        byte[] bytes = new byte[size];
        in.get(bytes);
        return maker.apply(new ConfigPayload(offset, flags, bytes));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConfigPayload that
                && offset == that.offset
                && flags == that.flags
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * offset + flags) + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "offset " + Integer.toUnsignedString(offset) + ", flags " + flags + ": "
                + HexFormat.of().formatHex(bytes);
    }
}
