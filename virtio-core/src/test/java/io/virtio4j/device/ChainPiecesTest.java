// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Where a buffer lies does not depend on where the buffers before it lay, which is remembered. */
final class ChainPiecesTest {
    private static final int WINDOW_BYTES = 4096;

    /** Two windows and a half, a gap, and another region right behind which a third one begins. */
    private static final GuestMemory MEMORY = GuestMemory.of(
            SharedMemory.wrap(List.of(window(WINDOW_BYTES), window(WINDOW_BYTES), window(WINDOW_BYTES / 2)), 0x1000),
            SharedMemory.allocate(0x1000, 0x6000),
            SharedMemory.allocate(0x1000, 0x7000));

    private static ByteBuffer window(int lengthBytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(lengthBytes + WINDOW_BYTES);
        return buffer.slice(
                buffer.alignmentOffset(0, WINDOW_BYTES) == 0
                        ? 0
                        : WINDOW_BYTES - buffer.alignmentOffset(0, WINDOW_BYTES),
                lengthBytes);
    }

    private static String pieces(ChainPieces pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces.count(); i++) {
            text.append(pieces.regions[i].guestAddress() + pieces.offsets[i])
                    .append('+')
                    .append(pieces.lengths[i])
                    .append(' ');
        }
        return text.toString();
    }

    /** By one byte after the other: which are there, and where a piece has to end. */
    private static String expected(long address, long lengthBytes) {
        StringBuilder text = new StringBuilder();
        long done = 0;
        while (done < lengthBytes) {
            long start = address + done;
            int region = MEMORY.regionIndex(start);
            if (region == GuestMemory.BAD_ADDRESS) {
                return "outside";
            }
            long length = 1;
            while (done + length < lengthBytes
                    && MEMORY.regionIndex(start + length) == region
                    && MEMORY.windowStart(region, start + length) == MEMORY.windowStart(region, start)) {
                length++;
            }
            text.append(start).append('+').append(length).append(' ');
            done += length;
        }
        return text.toString();
    }

    @Property(tries = 300)
    void aBufferLiesWhereItLiesWhateverCameBefore(
            @ForAll @Size(min = 1, max = 6) List<@LongRange(min = 0x0E00, max = 0x8200) Long> addresses,
            @ForAll @Size(6) List<@LongRange(min = 0, max = 0x2200) Long> lengths) {
        ChainPieces pieces = new ChainPieces(MEMORY);
        for (int i = 0; i < addresses.size(); i++) {
            pieces.clear();
            boolean inside = pieces.add(addresses.get(i), lengths.get(i));
            assertThat(inside ? pieces(pieces) : "outside").isEqualTo(expected(addresses.get(i), lengths.get(i)));
        }
    }

    @Property(tries = 200)
    void noAddressOrLengthWrapsIntoMemory(
            @ForAll long address, @ForAll @LongRange(min = 1, max = 0xFFFF_FFFFL) long length) {
        ChainPieces pieces = new ChainPieces(MEMORY);
        assertThat(pieces.add(0x1800, 1)).isTrue();
        pieces.clear();
        boolean inside = address >= 0x1000 && address < 0x8000 && length <= 0x7000;
        assertThat(pieces.add(address, length))
                .isEqualTo(inside && !expected(address, length).equals("outside"));
    }
}
