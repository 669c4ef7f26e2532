// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static io.virtio4j.driver.DeviceLie.RESPONSE_BYTES;
import static io.virtio4j.driver.DeviceLie.SIZE;

import io.virtio4j.driver.DeviceLie.InFlight;
import io.virtio4j.queue.RingFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What no honest device writes into a split ring. */
final class SplitDeviceLies {
    private SplitDeviceLies() {}

    private static DeviceLie lie(String name, Consumer<InFlight> write) {
        return new DeviceLie(RingFormat.SPLIT, name, write);
    }

    static Stream<DeviceLie> all() {
        return Stream.of(
                lie("an id behind the last descriptor", l -> l.pair().rawSplit().use(SIZE, 0)),
                lie(
                        "an id of 65536 more than one in flight",
                        l -> l.pair().rawSplit().use(l.writable() + 0x1_0000, 0)),
                lie("the largest positive id", l -> l.pair().rawSplit().use(Integer.MAX_VALUE, 0)),
                lie("a negative id", l -> l.pair().rawSplit().use(-1, 0)),
                lie("the smallest id", l -> l.pair().rawSplit().use(Integer.MIN_VALUE, 0)),
                lie("an id that was never offered", l -> l.pair().rawSplit().use(7, 0)),
                lie("the second descriptor of a chain", l -> l.pair().rawSplit().use(l.twoParts() + 1, 0)),
                lie(
                        "one byte more than the chain can take",
                        l -> l.pair().rawSplit().use(l.writable(), RESPONSE_BYTES + 1)),
                lie(
                        "one byte written to a chain of readable parts",
                        l -> l.pair().rawSplit().use(l.twoParts(), 1)),
                lie("2^31 bytes written", l -> l.pair().rawSplit().use(l.writable(), Integer.MIN_VALUE)),
                lie("2^32 - 1 bytes written", l -> l.pair().rawSplit().use(l.writable(), -1)),
                lie(
                        "an index one beyond what is in flight",
                        l -> l.pair().rawSplit().usedIdx(4)),
                lie("an index far ahead", l -> l.pair().rawSplit().usedIdx(0x8000)),
                lie("an index one step back", l -> l.pair().rawSplit().usedIdx(0xFFFF)),
                lie(
                        "an index that moves on over old elements",
                        l -> l.pair().rawSplit().usedIdx(3)),
                lie("a chain used twice in one batch", l -> {
                    l.pair().rawSplit().use(l.writable(), 0);
                    l.pair().rawSplit().use(l.writable(), 0);
                }));
    }
}
