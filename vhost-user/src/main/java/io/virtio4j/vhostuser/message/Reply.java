// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What a back-end answers: a type for each form. */
public sealed interface Reply extends Incoming {
    /** {@return the payload, as it is sent} */
    byte[] payload();

    /**
     * A number: features, how many queues, a status; or whether what was asked for was done, 0 if so.
     *
     * @param value the number
     */
    record Value(long value) implements Reply {
        @Override
        public byte[] payload() {
            return bytes(Long.BYTES).putLong(value).array();
        }
    }

    /**
     * Where a ring stands.
     *
     * @param index which ring
     * @param base see {@code VringBase}
     */
    record State(int index, int base) implements Reply {
        @Override
        public byte[] payload() {
            return bytes(Layout.STATE_BYTES).putInt(index).putInt(base).array();
        }
    }

    /**
     * Bytes of the configuration.
     *
     * @param config the bytes
     */
    record Config(ConfigPayload config) implements Reply {
        @Override
        public byte[] payload() {
            byte[] payload = new byte[config.payloadBytes()];
            config.write(ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN));
            return payload;
        }
    }

    /** The bytes of the configuration that were asked for are not there. */
    record NoConfig() implements Reply {
        @Override
        public byte[] payload() {
            return new byte[0];
        }
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads a reply that a peer has sent.
     *
     * @param request what is replied to
     * @param payload any bytes
     * @return the reply, or what is wrong with it
     */
    static Incoming decode(RequestCode request, byte[] payload) {
        ByteBuffer in = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        if (request == RequestCode.GET_CONFIG) {
            return payload.length == 0 ? new NoConfig() : ConfigPayload.read(in, Config::new);
        }
        int expected = request == RequestCode.GET_VRING_BASE ? Layout.STATE_BYTES : Long.BYTES;
        if (payload.length != expected) {
            return new Refusal("the reply to " + request + " has " + payload.length + " bytes, not " + expected);
        }
        return request == RequestCode.GET_VRING_BASE ? new State(in.getInt(), in.getInt()) : new Value(in.getLong());
    }
}
