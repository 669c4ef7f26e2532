// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.device.QueueState.Part;
import io.virtio4j.device.QueueState.Taken;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.DescFlags;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A queue's state as bytes, and bytes that are none. */
class QueueStateBytesTest {
    /** One chain in hand, of one slot and one part, and one that waits for its turn, of two slots. */
    private static final QueueState PACKED = new QueueState(
            RingFormat.PACKED,
            4,
            1,
            2 | 1 << 15,
            true,
            List.of(
                    new Taken(
                            0xABCD,
                            1,
                            Taken.IN_HAND,
                            List.of(new Part(0x1122334455667788L, 0xFFFF_FFFFL, DescFlags.WRITE))),
                    new Taken(7, 2, 9, List.of())));

    @Test
    void theBytesAreThese() {
        assertThat(HexFormat.of().formatHex(PACKED.toBytes()))
                .isEqualTo("76717331" + "44000000" + "01" + "01" + "0400" + "0100" + "0280" + "02000000"
                        + "cdab" + "0100" + "ffffffffffffffff" + "01000000"
                        + "8877665544332211" + "ffffffff" + "02000000"
                        + "0700" + "0200" + "0900000000000000" + "00000000");
        assertThat(QueueState.fromBytes(PACKED.toBytes())).isEqualTo(PACKED);
    }

    @Test
    void noPartOfAStateIsAState() {
        byte[] bytes = PACKED.toBytes();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatIllegalArgumentException()
                    .as("the first %d bytes", length)
                    .isThrownBy(() -> QueueState.fromBytes(cut));
        }
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatIllegalArgumentException().isThrownBy(() -> QueueState.fromBytes(longer));
    }

    /** Offset, bytes of the field, what is written there, what the message names. */
    @ParameterizedTest
    @CsvSource({
        "0, 4, 1, 0x1", // magic
        "3, 1, 50, 0x32737176", // version 2
        "4, 4, 67, 67", // length
        "8, 1, 2, format is 2",
        "9, 1, 255, call pending is 255",
        "10, 2, 0, not 0", // size
        "10, 2, 40000, 40000",
        "10, 2, 2, slot 2 of 2",
        "12, 2, 4, slot 4 of 4", // next avail
        "12, 2, 0, chains of 3 slots",
        "14, 2, 32771, chains of 3 slots", // next used
        "16, 4, -1, 4294967295 chains",
        "16, 4, 4, 4 chains",
        "16, 4, 1, 16 bytes follow",
        "22, 2, 0, not 0", // ring descriptors
        "22, 2, 65535, chains of 65537 slots",
        "24, 8, -2, -2 bytes", // written
        "24, 8, 1, is complete",
        "32, 4, -1, 4294967295 parts",
        "32, 4, 3, 3 parts",
        "48, 4, 1, flags 1", // part flags: NEXT
        "48, 4, 6, flags 6",
        "56, 8, 4294967296, 4294967296 bytes"
    })
    void aFieldOutOfItsRangeIsNamed(int offset, int fieldBytes, long value, String named) {
        byte[] bytes = PACKED.toBytes();
        ByteBuffer field = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        field.putLong(value);
        System.arraycopy(field.array(), 0, bytes, offset, fieldBytes);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> QueueState.fromBytes(bytes))
                .withMessageContaining(named);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "8, 1, 0", "1, 1, 1", "2, 2, 1"})
    void aSplitStateWithImpossibleHeadsIsRefused(int firstHead, int secondHead, int descriptors) {
        List<Part> parts = descriptors == 0 ? List.of() : List.of(new Part(0, 1, 0));
        int slots = Math.max(1, descriptors);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new QueueState(
                        RingFormat.SPLIT,
                        8,
                        2,
                        0,
                        false,
                        List.of(
                                new Taken(firstHead, slots, Taken.IN_HAND, parts),
                                new Taken(secondHead, slots, Taken.IN_HAND, parts))));
    }

    @Property(tries = 2000)
    void aSpoiltByteIsRefusedOrAnotherState(@ForAll @IntRange(min = 0, max = 67) int offset, @ForAll byte value) {
        byte[] bytes = PACKED.toBytes();
        bytes[offset] = value;
        QueueState read;
        try {
            read = QueueState.fromBytes(bytes);
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return;
        }
        assertThat(read.toBytes()).isEqualTo(bytes);
    }
}
