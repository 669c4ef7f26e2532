// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.request;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A request as a hostile driver cuts it: what its descriptors say, in order, each with a buffer of its own or on top of an
 * earlier one.
 *
 * <p>A builder for one thread; what is handed in is not copied and must not change any more.
 *
 * <p>VirtIO 1.2, 2.7.4 Message Framing.
 */
public final class RequestChain {
    private static final int OWN_BUFFER = -1;

    /**
     * One descriptor.
     *
     * @param writable whether the device may write it
     * @param content what it holds; of a writable one only the length counts, as it is filled with bytes of the kit's
     * @param over the index of the earlier part in whose buffer it lies, or -1 for a buffer of its own
     * @param offset where in that buffer it begins
     */
    @SuppressWarnings("ArrayRecordComponent") // made here and never compared
    record Part(boolean writable, byte[] content, int over, int offset) {
        int lengthBytes() {
            return content.length;
        }

        boolean hasOwnBuffer() {
            return over == OWN_BUFFER;
        }
    }

    private final List<Part> parts = new ArrayList<>();

    /** Begins a request without a descriptor. */
    public RequestChain() {}

    /**
     * Adds a descriptor that the device reads.
     *
     * @param content what it holds
     * @return this
     */
    public RequestChain readable(byte[] content) {
        parts.add(new Part(false, content, OWN_BUFFER, 0));
        return this;
    }

    /**
     * Adds descriptors that the device reads: the same bytes, cut.
     *
     * @param content what they hold together
     * @param cuts how many bytes each of the first ones holds; the last has the rest
     * @return this
     */
    public RequestChain readableCut(byte[] content, int... cuts) {
        int at = 0;
        for (int cut : cuts) {
            readable(Arrays.copyOfRange(content, at, at + cut));
            at += cut;
        }
        return readable(Arrays.copyOfRange(content, at, content.length));
    }

    /**
     * Adds descriptors that the device writes.
     *
     * @param lengthsBytes the length of each
     * @return this
     */
    public RequestChain writable(int... lengthsBytes) {
        for (int length : lengthsBytes) {
            parts.add(new Part(true, new byte[length], OWN_BUFFER, 0));
        }
        return this;
    }

    /**
     * Adds a descriptor that the device writes, on top of the buffer of an earlier one.
     *
     * @param part the earlier one, counted from 0
     * @param offset where in its buffer this one begins
     * @param lengthBytes how long it is; it ends where that buffer does, or before
     * @return this
     */
    public RequestChain writableOver(int part, int offset, int lengthBytes) {
        Part under = parts.get(part);
        if (!under.hasOwnBuffer() || offset < 0 || offset + lengthBytes > under.lengthBytes()) {
            throw new IllegalArgumentException(
                    lengthBytes + " bytes at " + offset + " of part " + part + ", which has " + under.lengthBytes());
        }
        parts.add(new Part(true, new byte[lengthBytes], part, offset));
        return this;
    }

    List<Part> parts() {
        return parts;
    }

    /** {@return how many bytes the device may write} */
    public int writableBytes() {
        return parts.stream().filter(Part::writable).mapToInt(Part::lengthBytes).sum();
    }
}
