// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * A set of feature bits 0..127, as offered by a device or acknowledged by a driver. An immutable value.
 *
 * <p>VirtIO 1.2, 2.2 Feature Bits: bits 0 to 23 and 50 to 127 belong to the device type, 24 to 40 to queues and
 * negotiation, the rest is reserved.
 *
 * @param low bits 0..63
 * @param high bits 64..127
 */
public record Features(long low, long high) {
    /** The first bit that no set can hold. */
    public static final int BITS = 128;

    /** The bits that belong to device types, each to say what they mean: 0..23 and 50..127. */
    public static final Features DEVICE_TYPE = new Features(0xFFFC_0000_00FF_FFFFL, -1);

    /**
     * The bits that are neither a device type's nor a queue's to offer, but the place's where the device stands:
     * ACCESS_PLATFORM, ORDER_PLATFORM and NOTIF_CONFIG_DATA.
     */
    public static final Features PLATFORM = new Features(
            1L << FeatureBits.ACCESS_PLATFORM | 1L << FeatureBits.ORDER_PLATFORM | 1L << FeatureBits.NOTIF_CONFIG_DATA,
            0);

    /** The empty set. */
    public static final Features NONE = new Features(0, 0);

    /**
     * Makes a set of single bits.
     *
     * @param bits each 0..127
     * @return the set
     * @throws IllegalArgumentException if a bit is out of range
     */
    public static Features of(int... bits) {
        Features features = NONE;
        for (int bit : bits) {
            features = features.with(bit);
        }
        return features;
    }

    /**
     * {@return whether the set holds it}
     *
     * @param bit 0..127
     * @throws IllegalArgumentException if the bit is out of range
     */
    public boolean has(int bit) {
        requireBit(bit);
        return (((bit < Long.SIZE ? low : high) >>> bit) & 1) != 0;
    }

    /**
     * {@return this set and the bit}
     *
     * @param bit 0..127
     * @throws IllegalArgumentException if the bit is out of range
     */
    public Features with(int bit) {
        requireBit(bit);
        return bit < Long.SIZE ? new Features(low | (1L << bit), high) : new Features(low, high | (1L << bit));
    }

    /**
     * {@return this set less the bit}
     *
     * @param bit 0..127
     * @throws IllegalArgumentException if the bit is out of range
     */
    public Features without(int bit) {
        return minus(of(bit));
    }

    /**
     * {@return the bits in both}
     *
     * @param other another set
     */
    public Features and(Features other) {
        return new Features(low & other.low, high & other.high);
    }

    /**
     * {@return the bits in either}
     *
     * @param other another set
     */
    public Features or(Features other) {
        return new Features(low | other.low, high | other.high);
    }

    /**
     * {@return the bits in this set and not in the other}
     *
     * @param other another set
     */
    public Features minus(Features other) {
        return new Features(low & ~other.low, high & ~other.high);
    }

    /**
     * {@return whether every bit of this set is in the other}
     *
     * @param other another set
     */
    public boolean isSubsetOf(Features other) {
        return minus(other).isEmpty();
    }

    /** {@return whether no bit is set} */
    public boolean isEmpty() {
        return (low | high) == 0;
    }

    private static void requireBit(int bit) {
        if (bit < 0 || bit >= BITS) {
            throw new IllegalArgumentException("feature bit " + bit + " is not in 0.." + (BITS - 1));
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int bit = 0; bit < BITS; bit++) {
            if (has(bit)) {
                text.append(text.length() > 1 ? ", " : "").append(bit);
            }
        }
        return text.append('}').toString();
    }
}
