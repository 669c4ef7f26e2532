// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nothing that the peer can still change is fetched twice: each byte of a ring and of a table is loaded once, and what was loaded
 * counts, whatever stands there afterwards.
 *
 * <p>The one exception is the flags of the packed descriptor that a half waits for: a look at its AVAIL and USED bits, and
 * behind the fence the descriptor with all other bits.
 */
class LoadedOnceOrderTest {
    private static final int PARTS = 3;
    private static final int PART_BYTES = 8;

    private record Rings(RingFormat format, boolean indirect, boolean inOrder) {
        RecordedPair fresh() {
            List<Integer> bits = new ArrayList<>();
            if (indirect) {
                bits.add(FeatureBits.INDIRECT_DESC);
            }
            if (inOrder) {
                bits.add(FeatureBits.IN_ORDER);
            }
            return RecordedPair.of(
                    format, bits.stream().mapToInt(Integer::intValue).toArray());
        }

        /** A chain of several descriptors, and one that is alone. */
        RecordedPair offered() {
            RecordedPair recorded = fresh();
            QueuePair pair = recorded.pair;
            BufferChain chain = new BufferChain(PARTS);
            chain.addReadable(pair.buffer(PART_BYTES)).addWritable(pair.buffer(PART_BYTES));
            chain.addWritable(pair.buffer(PART_BYTES));
            pair.driver.add(chain, 1);
            pair.driver.add(pair.writable(PART_BYTES), 2);
            pair.driver.publish();
            return recorded;
        }

        /** Both chains used, with different lengths. */
        RecordedPair answered() {
            RecordedPair recorded = offered();
            int first = recorded.pair.device.next();
            int second = recorded.pair.device.next();
            recorded.pair.device.complete(first, 2 * PART_BYTES);
            recorded.pair.device.complete(second, PART_BYTES - 1);
            recorded.pair.device.publish();
            return recorded;
        }

        /** How often a byte may be loaded. */
        int most(RecordedPair recorded, long offset) {
            long inRing = QueuePair.GUEST_BASE
                    + offset
                    - recorded.pair.config.addresses().descriptorArea();
            boolean inDescriptors = inRing >= 0 && inRing < 16L * RecordedPair.SIZE;
            return format == RingFormat.PACKED && inDescriptors && inRing % 16 >= 14 ? 2 : 1;
        }

        @Override
        public String toString() {
            return format + (indirect ? ", tables" : "") + (inOrder ? ", in order" : "");
        }
    }

    static Stream<Arguments> rings() {
        return Stream.of(RingFormat.values())
                .flatMap(format -> Stream.of(
                        new Rings(format, false, false),
                        new Rings(format, true, false),
                        new Rings(format, false, true)))
                .map(Arguments::of);
    }

    private static List<String> take(QueuePair pair) {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int handle = pair.device.next();
            taken.add(handle < 0 ? "result " + handle + ' ' + pair.deviceErrors : places(pair.device.chain(handle)));
        }
        return taken;
    }

    private static String places(DescriptorChain chain) {
        StringBuilder places = new StringBuilder(chain.readableBytes() + " and " + chain.writableBytes() + " bytes:");
        for (int i = 0; i < chain.pieces(); i++) {
            places.append(' ').append(chain.pieceOffset(i)).append('+').append(chain.pieceLengthBytes(i));
        }
        return places.toString();
    }

    private static List<String> poll(QueuePair pair) {
        List<String> used = new ArrayList<>();
        int result = pair.driver.poll((token, written) -> used.add(token + ": " + written), 2);
        used.add("result " + result + ' ' + pair.driverErrors);
        return used;
    }

    @ParameterizedTest
    @MethodSource("rings")
    @Clause({"SPLIT-DEV-AVAIL-READ-BARRIER", "PACKED-DEV-AVAIL-READ-BARRIER"})
    void aDeviceFetchesEachByteOnceAndGoesByIt(Rings rings) {
        eachByteIsFetchedOnce(rings, rings::offered, LoadedOnceOrderTest::take);
    }

    @ParameterizedTest
    @MethodSource("rings")
    @Clause({"SPLIT-DRV-USED-READ-BARRIER", "PACKED-DRV-USED-READ-BARRIER"})
    void aDriverFetchesEachByteOnceAndGoesByIt(Rings rings) {
        eachByteIsFetchedOnce(rings, rings::answered, LoadedOnceOrderTest::poll);
    }

    private static void eachByteIsFetchedOnce(
            Rings rings, Supplier<RecordedPair> ready, Function<QueuePair, List<String>> step) {
        RecordedPair quiet = ready.get();
        quiet.memory.forget();
        List<String> seen = step.apply(quiet.pair);
        long[] loaded = quiet.memory.loadedBytes();

        assertThat(loaded).hasSizeGreaterThanOrEqualTo(8);
        for (long offset : loaded) {
            int most = rings.most(quiet, offset);
            assertThat(quiet.memory.loadsOf(offset))
                    .as("loads of the byte at %s: %s", offset, quiet.memory.lines())
                    .isLessThanOrEqualTo(most);

            RecordedPair changing = ready.get();
            changing.memory.changeAfterLoad(offset, quiet.memory.loadsOf(offset), () -> changing.memory.invert(offset));
            assertThat(step.apply(changing.pair))
                    .as("with the byte at %s another than it was when it was loaded", offset)
                    .isEqualTo(seen);
        }
    }
}
