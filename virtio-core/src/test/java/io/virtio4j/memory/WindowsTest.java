// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A region of several windows behaves like one of a single window; here they are as small as they may be. */
class WindowsTest {
    private static final int WINDOW = 4096;
    private static final int LAST = 96;
    private static final int LENGTH = 2 * WINDOW + LAST;
    private static final int MAX_RANGE = WINDOW + 200;

    private final List<ByteBuffer> windows = List.of(direct(WINDOW), direct(WINDOW), direct(LAST));
    private final SharedMemory memory = SharedMemory.wrap(windows, 0x1_0000);

    private static ByteBuffer direct(int lengthBytes) {
        return ByteBuffer.allocateDirect(lengthBytes + 16).alignedSlice(16).limit(lengthBytes);
    }

    private byte[] contents() {
        byte[] contents = new byte[LENGTH];
        memory.getBytes(0, contents, 0, LENGTH);
        return contents;
    }

    /** An offset from which so many bytes fit, close to where two windows meet more often than not. */
    private static int offset(Random random, int sizeBytes) {
        int boundary = random.nextBoolean() ? WINDOW : 2 * WINDOW;
        int near = boundary - sizeBytes + random.nextInt(2 * sizeBytes + 1) - sizeBytes / 2;
        int any = random.nextInt(LENGTH - sizeBytes + 1);
        return random.nextInt(4) == 0 || near < 0 || near > LENGTH - sizeBytes ? any : near;
    }

    @Property(tries = 60)
    void accessesAcrossWindowsAreThoseOfOneArray(@ForAll long seed) {
        Random random = new Random(seed);
        ByteBuffer model = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        // One region serves all tries.
        memory.fill(0, LENGTH, 0);
        for (int step = 0; step < 200; step++) {
            long bits = random.nextLong();
            int range = random.nextInt(MAX_RANGE);
            switch (random.nextInt(8)) {
                case 0 -> {
                    int at = offset(random, Short.BYTES);
                    memory.putLe16(at, (int) bits);
                    model.putShort(at, (short) bits);
                    assertThat(memory.getLe16(at)).isEqualTo((short) bits & 0xFFFF);
                    assertThat(memory.getLe16(memory.rmb(), at)).isEqualTo((short) bits & 0xFFFF);
                }
                case 1 -> {
                    int at = offset(random, Integer.BYTES);
                    memory.putLe32(at, (int) bits);
                    model.putInt(at, (int) bits);
                    assertThat(memory.getLe32(at)).isEqualTo((int) bits);
                    assertThat(memory.getLe32(memory.rmb(), at)).isEqualTo((int) bits);
                }
                case 2 -> {
                    int at = offset(random, Long.BYTES);
                    memory.putLe64(at, bits);
                    model.putLong(at, bits);
                    assertThat(memory.getLe64(at)).isEqualTo(bits);
                    assertThat(memory.getLe64(memory.rmb(), at)).isEqualTo(bits);
                }
                case 3 -> {
                    int at = offset(random, Byte.BYTES);
                    memory.putByte(at, (int) bits);
                    model.put(at, (byte) bits);
                    assertThat(memory.getByte(at)).isEqualTo((byte) bits & 0xFF);
                }
                case 4 -> {
                    byte[] bytes = new byte[range];
                    random.nextBytes(bytes);
                    int at = offset(random, range);
                    memory.putBytes(at, bytes, 0, range);
                    model.put(at, bytes);
                }
                case 5 -> {
                    int count = range / Integer.BYTES;
                    int[] values = random.ints(count + 1L).toArray();
                    int at = offset(random, count * Integer.BYTES);
                    memory.putLe32s(at, values, 1, count);
                    IntStream.range(0, count).forEach(i -> model.putInt(at + 4 * i, values[1 + i]));
                    int[] back = new int[count + 1];
                    memory.getLe32s(at, back, 1, count);
                    assertThat(Arrays.copyOfRange(back, 1, count + 1))
                            .isEqualTo(Arrays.copyOfRange(values, 1, count + 1));
                }
                case 6 -> {
                    int at = offset(random, range);
                    memory.fill(at, range, (int) bits);
                    Arrays.fill(model.array(), at, at + range, (byte) bits);
                }
                default -> {
                    int from = offset(random, range);
                    int to = offset(random, range);
                    memory.copyTo(from, memory, to, range);
                    System.arraycopy(model.array(), from, model.array(), to, range);
                }
            }
        }

        assertThat(Arrays.mismatch(contents(), model.array())).isEqualTo(-1);
    }

    @Property(tries = 100)
    void aRangeIsCopiedToAndFromARegionThatIsCutElsewhere(
            @ForAll @IntRange(max = LENGTH) int length, @ForAll @IntRange(max = LENGTH) int slack) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        SharedMemory one = SharedMemory.allocate(LENGTH, 0);
        int at = Math.min(slack, LENGTH - length);
        memory.putBytes(at, bytes, 0, length);

        memory.copyTo(at, one, 0, length);
        memory.fill(0, LENGTH, 0);
        one.copyTo(0, memory, LENGTH - length, length);

        byte[] back = new byte[length];
        memory.getBytes(LENGTH - length, back, 0, length);
        assertThat(Arrays.mismatch(back, bytes)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(ints = {WINDOW - 4, WINDOW, WINDOW + 4, 2 * WINDOW - 4, 2 * WINDOW, LENGTH - 4})
    void orderedAccessesReachEveryWindow(int offset) {
        memory.putLe16Opaque(memory.wmb(), offset, 0x1234);
        memory.putSuppressionLe16(offset + 2, 0xABCD);

        assertThat(memory.getLe16Opaque(offset)).isEqualTo(0x1234);
        assertThat(memory.getLe16Opaque(memory.mb(), offset + 2)).isEqualTo(0xABCD);
        assertThat(memory.getLe32Opaque(offset)).isEqualTo(0xABCD_1234);

        memory.putLe32Opaque(memory.wmb(), offset, 0x0102_0304);
        assertThat(memory.getLe32Opaque(memory.mb(), offset)).isEqualTo(0x0102_0304);
        assertThat(memory.getLe32(offset)).isEqualTo(0x0102_0304);
    }

    @ParameterizedTest
    @ValueSource(ints = {WINDOW - 1, WINDOW + 1, 2 * WINDOW - 1, 2 * WINDOW + 1})
    void anOrderedAccessToAnOddOffsetThrowsInEveryWindow(int offset) {
        assertThatIllegalArgumentException().isThrownBy(() -> memory.getLe16Opaque(offset));
        assertThatIllegalArgumentException().isThrownBy(() -> memory.putLe32Opaque(memory.wmb(), offset, -1));
        assertThat(contents()).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, LENGTH, LENGTH - 7, 3L * WINDOW, 0x1_0000_0000L, Long.MAX_VALUE, Long.MIN_VALUE})
    void anAccessThatDoesNotFitThrowsAndTouchesNothing(long offset) {
        List.<Runnable>of(
                        () -> memory.getLe64(offset),
                        () -> memory.putLe64(offset, -1),
                        () -> memory.fill(offset, 8, 1),
                        () -> memory.putBytes(offset, new byte[] {1, 1, 1, 1, 1, 1, 1, 1}, 0, 8),
                        () -> memory.putLe32s(offset, new int[] {1, 1}, 0, 2),
                        () -> memory.copyTo(0, memory, offset, 8),
                        () -> memory.view(offset, 8))
                .forEach(access -> assertThatThrownBy(access::run)
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessageContaining(LENGTH + " bytes"));
        assertThat(contents()).containsOnly(0);
    }

    @Test
    void aViewShowsOneWindow() {
        memory.view(WINDOW, WINDOW).putInt(4, 0x0102_0304);
        memory.view(2 * WINDOW, LAST).putInt(0, 0x0506_0708);

        assertThat(memory.getLe32(WINDOW + 4)).isEqualTo(0x0102_0304);
        assertThat(memory.getLe32(2 * WINDOW)).isEqualTo(0x0506_0708);
        assertThat(memory.view(LENGTH, 0).capacity()).isZero();
    }

    @Test
    void aViewOverTwoWindowsIsRefused() {
        assertThat(memory.viewableBytes(WINDOW - 8)).isEqualTo(8);
        assertThat(memory.viewableBytes(WINDOW)).isEqualTo(WINDOW);
        assertThat(memory.viewableBytes(2 * WINDOW)).isEqualTo(LAST);
        assertThatThrownBy(() -> memory.viewableBytes(LENGTH + 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> memory.view(WINDOW - 8, 9))
                .withMessageContaining("9 bytes at offset 4088")
                .withMessageContaining("8 bytes of it");
    }

    @Test
    void aRegionThatEndsWithAFullWindowCanBeViewedToItsEnd() {
        SharedMemory full = SharedMemory.wrap(List.of(direct(WINDOW), direct(WINDOW)), 0);

        assertThat(full.view(2 * WINDOW, 0).capacity()).isZero();
        assertThat(full.viewableBytes(2 * WINDOW)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2048, 2048",
                "4096, 4112, 16",
                "4096, 2048, 2048",
                "4096, 8192",
                "12288, 12288",
                "4096, 4096, 4112"
            })
    void windowsOfOtherLengthsAreRefused(String lengths) {
        List<ByteBuffer> unequal = Arrays.stream(lengths.split(", "))
                .map(length -> direct(Integer.parseInt(length)))
                .toList();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SharedMemory.wrap(unequal, 0))
                .withMessageContaining("window");
    }

    @Test
    void eachWindowMustBeWhatASingleBufferMustBe() {
        ByteBuffer misaligned = ByteBuffer.allocateDirect(2 * WINDOW)
                .alignedSlice(16)
                .position(8)
                .limit(8 + WINDOW);

        assertThatIllegalArgumentException().isThrownBy(() -> SharedMemory.wrap(List.of(), 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SharedMemory.wrap(List.of(direct(WINDOW), misaligned), 0))
                .withMessageContaining("8 past");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SharedMemory.wrap(List.of(direct(WINDOW), ByteBuffer.allocate(WINDOW)), 0));
    }

    @Test
    void piecesOfGuestMemoryEndWhereAWindowEnds() {
        GuestMemory guest = GuestMemory.of(memory);
        List<Long> pieces = new ArrayList<>();
        long from = memory.guestAddress() + WINDOW - 10;
        for (long done = 0; done < WINDOW + 30; done += pieces.get(pieces.size() - 1)) {
            pieces.add(guest.contiguousBytes(0, from + done, WINDOW + 30 - done));
        }

        assertThat(pieces).containsExactly(10L, (long) WINDOW, 20L);
        assertThat(guest.regionIndexOfWhole(from, 100)).isZero();
    }

    @Test
    void buffersOfAnArenaLieInOneWindowIfTheyFit() {
        DmaArena arena = new DmaArena(memory);
        DmaBuffer first = arena.allocate(WINDOW - 16, 16);
        DmaBuffer second = arena.allocate(64, 16);
        DmaBuffer third = arena.allocate(16, 16);

        assertThat(List.of(first.offset(), second.offset(), third.offset()))
                .containsExactly(0L, (long) WINDOW, (long) WINDOW - 16);
    }

    @Test
    void aBufferLongerThanAWindowReachesOverSeveral() {
        DmaBuffer whole = new DmaArena(memory).allocate(LENGTH, 16);

        assertThat(whole.offset()).isZero();
        assertThat(contents()).containsOnly(0);
    }
}
