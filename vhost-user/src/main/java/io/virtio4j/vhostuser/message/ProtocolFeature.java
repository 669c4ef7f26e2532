// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

/** Bits of GET_PROTOCOL_FEATURES: what the two processes agree on beside the device's features. */
public final class ProtocolFeature {
    /** GET_QUEUE_NUM. */
    public static final int MQ = 0;
    /** A request may ask for an answer. */
    public static final int REPLY_ACK = 3;
    /** SET_BACKEND_REQ_FD: the back-end sends requests too. */
    public static final int BACKEND_REQ = 5;
    /** GET_CONFIG and SET_CONFIG. */
    public static final int CONFIG = 9;
    /** RESET_DEVICE. */
    public static final int RESET_DEVICE = 13;
    /** ADD_MEM_REG, REM_MEM_REG and GET_MAX_MEM_SLOTS. */
    public static final int CONFIGURE_MEM_SLOTS = 15;
    /** GET_STATUS and SET_STATUS. */
    public static final int STATUS = 16;

    /** The bit of the device's features that says that there are these. */
    public static final int IN_FEATURES = 30;

    private ProtocolFeature() {}

    /**
     * {@return a set of bits}
     *
     * @param bits each 0..63
     */
    public static long of(int... bits) {
        long set = 0;
        for (int bit : bits) {
            set |= 1L << bit;
        }
        return set;
    }

    /**
     * {@return whether a set has a bit}
     *
     * @param set the set
     * @param bit 0..63
     */
    public static boolean has(long set, int bit) {
        return (set >>> bit & 1) != 0;
    }
}
