// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorChainTest {
    private static final int MESSAGE_BYTES = 40;

    private final QueuePair pair = QueuePair.split(32);

    private DescriptorChain cut(List<Integer> readableCuts, List<Integer> writableCuts) {
        return cut(pair, readableCuts, writableCuts);
    }

    /** Cuts a message of readable and one of writable bytes at the places given. */
    private static DescriptorChain cut(QueuePair pair, List<Integer> readableCuts, List<Integer> writableCuts) {
        BufferChain chain = new BufferChain(32);
        List<DmaBuffer> readable = parts(pair, readableCuts);
        int number = 0;
        for (DmaBuffer part : readable) {
            for (int i = 0; i < part.lengthBytes(); i++) {
                pair.memory.putByte(part.offset() + i, number++);
            }
            chain.addReadable(part);
        }
        parts(pair, writableCuts).forEach(chain::addWritable);
        pair.driver.offer(chain, 0);
        return pair.device.chain(pair.device.next());
    }

    private static List<DmaBuffer> parts(QueuePair pair, List<Integer> cuts) {
        List<Integer> edges = new ArrayList<>(cuts.stream().sorted().distinct().toList());
        edges.add(0, 0);
        edges.add(MESSAGE_BYTES);
        return IntStream.range(1, edges.size())
                .mapToObj(i -> pair.buffer(edges.get(i) - edges.get(i - 1)))
                .toList();
    }

    private static long le(int firstByte, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (long) (firstByte + i) << (8 * i);
        }
        return value;
    }

    @Property(tries = 200)
    @Clause("SPLIT-DEV-NO-FRAMING-ASSUMPTION")
    void whatTheDeviceReadsDoesNotDependOnTheCuts(
            @ForAll RingFormat format,
            @ForAll @Size(max = 10) List<@IntRange(min = 1, max = MESSAGE_BYTES - 1) Integer> cuts,
            @ForAll @IntRange(max = MESSAGE_BYTES - 8) int position) {
        DescriptorChain chain = cut(QueuePair.of(format, 32), cuts, List.of());
        byte[] bytes = new byte[10];
        SharedMemory copy = SharedMemory.allocate(16, 0);

        chain.getBytes(position, bytes, 1, 8);
        chain.copyTo(position, copy, 3, 8);

        assertThat(chain.getByte(position)).isEqualTo(position);
        assertThat(chain.getLe32(position)).isEqualTo((int) le(position, 4));
        assertThat(chain.getLe64(position)).isEqualTo(le(position, 8));
        for (int i = 0; i < 8; i++) {
            assertThat(bytes[1 + i]).isEqualTo((byte) (position + i));
        }
        assertThat(copy.getLe64(3)).isEqualTo(le(position, 8));
        assertThat(new int[] {bytes[0], bytes[9], copy.getByte(2), copy.getByte(11)})
                .containsOnly(0);
    }

    @Property(tries = 200)
    @Clause({"SPLIT-DEV-NO-FRAMING-ASSUMPTION", "SPLIT-DEV-NO-WRITE-READABLE", "PACKED-DEV-NO-WRITE-READABLE"})
    void whatTheDeviceWritesDoesNotDependOnTheCuts(
            @ForAll RingFormat format,
            @ForAll @Size(max = 10) List<@IntRange(min = 1, max = MESSAGE_BYTES - 1) Integer> cuts,
            @ForAll @IntRange(max = MESSAGE_BYTES - 8) int position,
            @ForAll @IntRange(max = 4) int way) {
        DescriptorChain chain = cut(QueuePair.of(format, 32), List.of(7), cuts);
        long value = 0xF1F2_F3F4_F5F6_F7F8L;
        byte[] bytes = new byte[10];
        SharedMemory source = SharedMemory.allocate(16, 0);
        source.putLe64(3, value);
        source.getBytes(3, bytes, 1, 8);

        switch (way) {
            case 0 -> chain.putLe64(position, value);
            case 1 -> {
                chain.putLe32(position, (int) value);
                chain.putLe32(position + 4, (int) (value >>> 32));
            }
            case 2 -> chain.putBytes(position, bytes, 1, 8);
            case 3 -> chain.copyFrom(position, source, 3, 8);
            default -> {
                for (int i = 0; i < 8; i++) {
                    chain.putByte(position + i, bytes[1 + i]);
                }
            }
        }

        byte[] written = writable(chain);
        for (int i = 0; i < MESSAGE_BYTES; i++) {
            boolean inside = i >= position && i < position + 8;
            assertThat(written[i]).isEqualTo(inside ? bytes[1 + i - position] : 0);
        }
        byte[] readable = new byte[MESSAGE_BYTES];
        chain.getBytes(0, readable, 0, MESSAGE_BYTES);
        for (int i = 0; i < MESSAGE_BYTES; i++) {
            assertThat(readable[i]).isEqualTo((byte) i);
        }
    }

    private static byte[] writable(DescriptorChain chain) {
        byte[] bytes = new byte[MESSAGE_BYTES];
        int done = 0;
        for (int piece = chain.readablePieces(); piece < chain.pieces(); piece++) {
            int length = (int) chain.pieceLengthBytes(piece);
            chain.pieceMemory(piece).getBytes(chain.pieceOffset(piece), bytes, done, length);
            done += length;
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 1",
        "40, 1",
        "39, 2",
        "0, 41",
        "0, -1",
        "9223372036854775807, 1",
        "9223372036854775807, 9223372036854775807",
        "0, 9223372036854775807"
    })
    @Clause({"SPLIT-DEV-NO-READ-WRITABLE", "PACKED-DEV-NO-READ-WRITABLE", "PACKED-DEV-NO-WRITE-READABLE"})
    void aRangeOutsideTheReadableOrWritableBytesThrows(long position, long length) {
        DescriptorChain chain = cut(List.of(10), List.of(20));
        SharedMemory other = SharedMemory.allocate(64, 0);

        assertThatThrownBy(() -> chain.copyTo(position, other, 0, length))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("40 readable");
        assertThatThrownBy(() -> chain.copyFrom(position, other, 0, length))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("40 writable");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 33, 40, Long.MAX_VALUE, Long.MIN_VALUE})
    void aNumberThatRunsOverTheEndThrows(long position) {
        DescriptorChain chain = cut(List.of(10), List.of(20));

        assertThatThrownBy(() -> chain.getLe64(position)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> chain.putLe64(position, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(writable(chain)).containsOnly(0);
    }

    @Test
    void aPieceThatIsNotThereThrows() {
        DescriptorChain chain = cut(List.of(), List.of());

        assertThatThrownBy(() -> chain.pieceMemory(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> chain.pieceOffset(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aCompletedChainCannotBeTouched() {
        DescriptorChain chain = cut(List.of(), List.of());
        pair.device.complete(chain.handle(), 0);

        assertThatThrownBy(() -> chain.getByte(0))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("already completed");
        assertThatThrownBy(() -> chain.putByte(0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> pair.device.chain(chain.handle()));
    }

    @Test
    void aChainIsCompletedOnce() {
        DescriptorChain chain = cut(List.of(), List.of());
        pair.device.complete(chain.handle(), 0);

        assertThatIllegalArgumentException().isThrownBy(() -> pair.device.complete(chain.handle(), 0));
        assertThat(pair.device.inFlight()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 41, Long.MAX_VALUE, Long.MIN_VALUE})
    void moreThanTheChainCanTakeCannotBeCompleted(long writtenBytes) {
        DescriptorChain chain = cut(List.of(), List.of());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.device.complete(chain.handle(), writtenBytes))
                .withMessageContaining("40 writable");
        assertThat(pair.device.inFlight()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 31, 32, Integer.MAX_VALUE})
    void aHandleThatWasNotGivenOutIsRefused(int handle) {
        assertThatIllegalArgumentException().isThrownBy(() -> pair.device.chain(handle));
        assertThatIllegalArgumentException().isThrownBy(() -> pair.device.complete(handle, 0));
    }

    @Test
    void aChainOfManyPartsKeepsThemAll() {
        pair.driver.offer(pair.parts(32), 0);

        DescriptorChain chain = pair.device.chain(pair.device.next());

        assertThat(chain.pieces()).isEqualTo(32);
        for (int piece = 0; piece < 32; piece++) {
            assertThat(chain.pieceOffset(piece)).isEqualTo(piece);
        }
    }

    @Test
    void aChainThatWaitsForItsTurnIsCompletedOnceToo() {
        QueuePair inOrder = QueuePair.of(4, Features.of(FeatureBits.VERSION_1, FeatureBits.IN_ORDER));
        inOrder.driver.offer(inOrder.parts(1), 0);
        inOrder.driver.offer(inOrder.parts(1), 1);
        inOrder.device.next();
        int second = inOrder.device.next();
        inOrder.device.complete(second, 0);

        assertThatIllegalArgumentException().isThrownBy(() -> inOrder.device.complete(second, 0));

        assertThat(inOrder.device.inFlight()).isEqualTo(1);
    }
}
