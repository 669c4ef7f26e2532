// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/**
 * What a device shows in its registers. Right at first, for one type of device; a case puts in the place of each
 * whatever it likes, a value that is another at every look included. One thread.
 *
 * <p>VirtIO 1.2, 2.1 Device Status Field, 2.2 Feature Bits, 2.5 Device Configuration Space.
 */
public final class ShownRegisters {
    /** How many descriptors the queues take unless a case says otherwise. */
    public static final int MAX_QUEUE_SIZE = 16;

    private final HonestDevice device;
    private final Features honestOffer;
    private byte[] config;
    private int generation;

    private IntSupplier deviceId;
    private Supplier<Features> offer;
    private IntUnaryOperator status;
    private IntSupplier configGeneration;
    private IntSupplier configLengthBytes;
    private IntSupplier queueCount;
    private IntUnaryOperator maxQueueSize;
    private IntPredicate queueResetEnds;
    private boolean takesWrites;
    private ConfigWatch reads;
    private ConfigWatch writes;

    /** Looks at what a driver does with the configuration. */
    @FunctionalInterface
    interface ConfigWatch {
        ConfigWatch NONE = (offset, lengthBytes) -> {};

        void accessed(int offset, int lengthBytes);
    }

    ShownRegisters(HonestDevice device, boolean packed) {
        Features rings = Features.of(FeatureBits.VERSION_1, FeatureBits.RING_RESET);
        this.device = device;
        this.honestOffer = device.features().or(packed ? rings.with(FeatureBits.RING_PACKED) : rings);
        behave();
    }

    /** Shows what an honest device shows, from here on. */
    void behave() {
        config = device.config();
        generation++;
        deviceId = device::deviceId;
        offer = () -> honestOffer;
        status = written -> written;
        configGeneration = () -> generation;
        configLengthBytes = () -> config.length;
        queueCount = device::queueCount;
        maxQueueSize = index -> index < device.queueCount() ? MAX_QUEUE_SIZE : 0;
        queueResetEnds = index -> true;
        takesWrites = true;
        reads = ConfigWatch.NONE;
        writes = ConfigWatch.NONE;
    }

    // --- what a case looks at ----------------------------------------------------------------------------------

    void onConfigRead(ConfigWatch watch) {
        reads = watch;
    }

    void onConfigWrite(ConfigWatch watch) {
        writes = watch;
    }

    // --- what a case says --------------------------------------------------------------------------------------

    /** {@return what an honest device of this type offers here} */
    public Features honestOffer() {
        return honestOffer;
    }

    /**
     * Shows another device type.
     *
     * @param id any
     * @return these registers
     */
    public ShownRegisters deviceId(int id) {
        deviceId = () -> id;
        return this;
    }

    /**
     * Offers other features.
     *
     * @param features any
     * @return these registers
     */
    public ShownRegisters offer(Features features) {
        offer = () -> features;
        return this;
    }

    /**
     * Offers features more.
     *
     * @param bits which
     * @return these registers
     */
    public ShownRegisters offerAlso(int... bits) {
        return offer(honestOffer.or(Features.of(bits)));
    }

    /**
     * Offers other features at each look; the last ones stay.
     *
     * @param features one for each look
     * @return these registers
     */
    public ShownRegisters offers(Features... features) {
        int[] looks = {0};
        offer = () -> features[Math.min(looks[0]++, features.length - 1)];
        return this;
    }

    /**
     * Shows another status than the driver wrote.
     *
     * @param shown makes one of what the driver wrote last
     * @return these registers
     */
    public ShownRegisters status(IntUnaryOperator shown) {
        status = shown;
        return this;
    }

    /**
     * Sets DEVICE_NEEDS_RESET from the moment when the driver has written a bit, until it resets the device.
     *
     * @param afterBit see {@code DeviceStatus}
     * @return these registers
     */
    public ShownRegisters needsResetFrom(int afterBit) {
        return status(written -> (written & afterBit) != 0 ? written | DeviceStatus.DEVICE_NEEDS_RESET : written);
    }

    /**
     * Shows another configuration, of which a generation does not tell.
     *
     * @param bytes any
     * @return these registers
     */
    public ShownRegisters config(byte... bytes) {
        config = bytes.clone();
        return this;
    }

    /** {@return the configuration that an honest device of this type shows, a fresh copy} */
    public byte[] honestConfig() {
        return device.config();
    }

    /**
     * Changes one byte of the configuration.
     *
     * @param offset which
     * @param value its new value
     * @return these registers
     */
    public ShownRegisters configByte(int offset, int value) {
        config[offset] = (byte) value;
        return this;
    }

    /**
     * Changes two bytes of the configuration.
     *
     * @param offset of the first
     * @param value the low 16 bits of which
     * @return these registers
     */
    public ShownRegisters configLe16(int offset, int value) {
        return configByte(offset, value).configByte(offset + 1, value >>> Byte.SIZE);
    }

    /**
     * Changes four bytes of the configuration.
     *
     * @param offset of the first
     * @param value the bits
     * @return these registers
     */
    public ShownRegisters configLe32(int offset, int value) {
        return configLe16(offset, value).configLe16(offset + Short.BYTES, value >>> Short.SIZE);
    }

    /**
     * Changes eight bytes of the configuration.
     *
     * @param offset of the first
     * @param value the bits
     * @return these registers
     */
    public ShownRegisters configLe64(int offset, long value) {
        return configLe32(offset, (int) value).configLe32(offset + Integer.BYTES, (int) (value >>> Integer.SIZE));
    }

    /**
     * Shows other generations.
     *
     * @param shown asked at each look
     * @return these registers
     */
    public ShownRegisters configGeneration(IntSupplier shown) {
        configGeneration = shown;
        return this;
    }

    /** Shows another generation from here on, as after a change. */
    public void nextGeneration() {
        generation++;
    }

    /**
     * Says that the configuration is longer or shorter than it is.
     *
     * @param shown asked at each look
     * @return these registers
     */
    public ShownRegisters configLengthBytes(IntSupplier shown) {
        configLengthBytes = shown;
        return this;
    }

    /**
     * Takes no notice of what the driver writes to the configuration.
     *
     * @return these registers
     */
    public ShownRegisters ignoreConfigWrites() {
        takesWrites = false;
        return this;
    }

    /**
     * Shows another number of queues.
     *
     * @param count any
     * @return these registers
     */
    public ShownRegisters queueCount(int count) {
        queueCount = () -> count;
        return this;
    }

    /**
     * Shows other queue sizes.
     *
     * @param byIndex the size for each queue, asked at each look
     * @return these registers
     */
    public ShownRegisters maxQueueSize(IntUnaryOperator byIndex) {
        maxQueueSize = byIndex;
        return this;
    }

    /**
     * Says when the reset of a queue is complete.
     *
     * @param ends asked at each look
     * @return these registers
     */
    public ShownRegisters queueResetEnds(IntPredicate ends) {
        queueResetEnds = ends;
        return this;
    }

    // --- what the driver sees ----------------------------------------------------------------------------------

    int shownDeviceId() {
        return deviceId.getAsInt();
    }

    Features shownOffer() {
        return offer.get();
    }

    int shownStatus(int written) {
        return status.applyAsInt(written);
    }

    int shownGeneration() {
        return configGeneration.getAsInt();
    }

    int shownConfigLength() {
        return configLengthBytes.getAsInt();
    }

    /** Bytes that the driver was promised and that are not there read as 0. */
    void readConfig(int offset, byte[] destination) {
        reads.accessed(offset, destination.length);
        Arrays.fill(destination, (byte) 0);
        int there = Math.max(0, Math.min(destination.length, config.length - offset));
        System.arraycopy(config, Math.min(offset, config.length), destination, 0, there);
    }

    void writeConfig(int offset, byte[] source) {
        writes.accessed(offset, source.length);
        if (!takesWrites) {
            return;
        }
        System.arraycopy(source, 0, config, offset, Math.min(source.length, Math.max(0, config.length - offset)));
        device.configWritten(offset, source);
    }

    int shownQueueCount() {
        return queueCount.getAsInt();
    }

    int shownMaxQueueSize(int queueIndex) {
        return maxQueueSize.applyAsInt(queueIndex);
    }

    boolean shownQueueReset(int queueIndex) {
        return queueResetEnds.test(queueIndex);
    }
}
