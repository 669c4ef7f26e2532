// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** What a front-end asks of a back-end: a type each. Descriptors travel beside the bytes. */
public sealed interface Request extends Incoming {
    /** {@return which it is} */
    RequestCode code();

    /**
     * Writes the payload.
     *
     * @param to little-endian, with room for {@link #payloadBytes()}
     */
    default void write(ByteBuffer to) {}

    /** {@return how long the payload is} */
    default int payloadBytes() {
        return code().payloadBytes();
    }

    /**
     * Calls the method for this kind of request.
     *
     * @param handler has one for each
     */
    void dispatch(RequestHandler handler);

    /** {@return the payload, as it is sent} */
    default byte[] payload() {
        ByteBuffer bytes = ByteBuffer.allocate(payloadBytes()).order(ByteOrder.LITTLE_ENDIAN);
        write(bytes);
        return bytes.array();
    }

    /** Asks for the features that the device offers. */
    record GetFeatures() implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.GET_FEATURES;
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onGetFeatures();
        }
    }

    /**
     * Acknowledges features.
     *
     * @param features the bits
     */
    record SetFeatures(long features) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_FEATURES;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putLong(features);
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetFeatures(this);
        }
    }

    /** Begins a session. */
    record SetOwner() implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_OWNER;
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetOwner();
        }
    }

    /** Obsolete: ends a session. */
    record ResetOwner() implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.RESET_OWNER;
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onResetOwner();
        }
    }

    /**
     * Replaces all regions of memory.
     *
     * @param regions as many as descriptors come along, at most {@value RequestCode#MAX_TABLE_REGIONS}
     */
    record SetMemTable(List<MemoryRegion> regions) implements Request {
        private static final int TABLE_HEADER_BYTES = 2 * Integer.BYTES;

        /**
         * Copies the list.
         *
         * @param regions the regions
         */
        public SetMemTable {
            regions = List.copyOf(regions);
        }

        @Override
        public RequestCode code() {
            return RequestCode.SET_MEM_TABLE;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putInt(regions.size()).putInt(0);
            regions.forEach(region -> region.write(to));
        }

        @Override
        public int payloadBytes() {
            return TABLE_HEADER_BYTES + regions.size() * MemoryRegion.BYTES;
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetMemTable(this);
        }
    }

    /**
     * Sets how many descriptors a ring has.
     *
     * @param index which ring
     * @param size how many
     */
    record SetVringNum(int index, int size) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_VRING_NUM;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putInt(index).putInt(size);
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetVringNum(this);
        }
    }

    /**
     * Tells where the parts of a ring lie, by user addresses.
     *
     * @param index which ring
     * @param flags 1: log writes
     * @param descriptor descriptor table, or packed ring
     * @param used used ring, or device event suppression
     * @param available available ring, or driver event suppression
     * @param log where writes are logged
     */
    record SetVringAddr(int index, int flags, long descriptor, long used, long available, long log) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_VRING_ADDR;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putInt(index)
                    .putInt(flags)
                    .putLong(descriptor)
                    .putLong(used)
                    .putLong(available)
                    .putLong(log);
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetVringAddr(this);
        }
    }

    /**
     * Sets where a ring stands.
     *
     * @param index which ring
     * @param base split: the next available index; packed: see {@code VringBase}
     */
    record SetVringBase(int index, int base) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_VRING_BASE;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putInt(index).putInt(base);
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetVringBase(this);
        }
    }

    /**
     * Stops a ring and asks where it stands.
     *
     * @param index which ring
     */
    record GetVringBase(int index) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.GET_VRING_BASE;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putInt(index).putInt(0);
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onGetVringBase(this);
        }
    }

    /**
     * Gives the descriptor by which the driver kicks.
     *
     * @param index which ring, 0..255
     * @param hasFd whether it comes along; if not, the ring is polled
     */
    record SetVringKick(int index, boolean hasFd) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_VRING_KICK;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putLong(VringFd.encode(index, hasFd));
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetVringKick(this);
        }
    }

    /**
     * Gives the descriptor by which the driver is called.
     *
     * @param index which ring, 0..255
     * @param hasFd whether it comes along; if not, the ring is polled
     */
    record SetVringCall(int index, boolean hasFd) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_VRING_CALL;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putLong(VringFd.encode(index, hasFd));
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetVringCall(this);
        }
    }

    /**
     * Gives the descriptor by which the driver is told of a ring that broke.
     *
     * @param index which ring, 0..255
     * @param hasFd whether it comes along; if not, the ring is polled
     */
    record SetVringErr(int index, boolean hasFd) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_VRING_ERR;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putLong(VringFd.encode(index, hasFd));
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetVringErr(this);
        }
    }

    /** Asks for the protocol features that the back-end offers. */
    record GetProtocolFeatures() implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.GET_PROTOCOL_FEATURES;
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onGetProtocolFeatures();
        }
    }

    /**
     * Acknowledges protocol features.
     *
     * @param features the bits, see {@link ProtocolFeature}
     */
    record SetProtocolFeatures(long features) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_PROTOCOL_FEATURES;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putLong(features);
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetProtocolFeatures(this);
        }
    }

    /** Asks how many queues there are. */
    record GetQueueNum() implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.GET_QUEUE_NUM;
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onGetQueueNum();
        }
    }

    /**
     * Enables or disables a ring.
     *
     * @param index which ring
     * @param enabled 1 or 0
     */
    record SetVringEnable(int index, int enabled) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_VRING_ENABLE;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putInt(index).putInt(enabled);
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetVringEnable(this);
        }
    }

    /** Gives a socket on which the back-end sends requests. */
    record SetBackendReqFd() implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_BACKEND_REQ_FD;
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetBackendReqFd();
        }
    }

    /**
     * Asks for bytes of the configuration.
     *
     * @param config which bytes; those that come along mean nothing
     */
    record GetConfig(ConfigPayload config) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.GET_CONFIG;
        }

        @Override
        public void write(ByteBuffer to) {
            config.write(to);
        }

        @Override
        public int payloadBytes() {
            return config.payloadBytes();
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onGetConfig(this);
        }
    }

    /**
     * Writes bytes of the configuration.
     *
     * @param config which bytes
     */
    record SetConfig(ConfigPayload config) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_CONFIG;
        }

        @Override
        public void write(ByteBuffer to) {
            config.write(to);
        }

        @Override
        public int payloadBytes() {
            return config.payloadBytes();
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetConfig(this);
        }
    }

    /** Resets the device. */
    record ResetDevice() implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.RESET_DEVICE;
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onResetDevice();
        }
    }

    /** Asks how many regions of memory the back-end takes. */
    record GetMaxMemSlots() implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.GET_MAX_MEM_SLOTS;
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onGetMaxMemSlots();
        }
    }

    /**
     * Adds a region of memory.
     *
     * @param region the region
     */
    record AddMemReg(MemoryRegion region) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.ADD_MEM_REG;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putLong(0);
            region.write(to);
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onAddMemReg(this);
        }
    }

    /**
     * Takes a region of memory away; a descriptor that comes along means nothing.
     *
     * @param region the region
     */
    record RemMemReg(MemoryRegion region) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.REM_MEM_REG;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putLong(0);
            region.write(to);
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onRemMemReg(this);
        }
    }

    /**
     * Writes the device status.
     *
     * @param status see {@code DeviceStatus}
     */
    record SetStatus(long status) implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.SET_STATUS;
        }

        @Override
        public void write(ByteBuffer to) {
            to.putLong(status);
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onSetStatus(this);
        }
    }

    /** Reads the device status. */
    record GetStatus() implements Request {
        @Override
        public RequestCode code() {
            return RequestCode.GET_STATUS;
        }

        @Override
        public void dispatch(RequestHandler handler) {
            handler.onGetStatus();
        }
    }
}
