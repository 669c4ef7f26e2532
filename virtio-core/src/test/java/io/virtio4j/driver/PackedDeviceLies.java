// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static io.virtio4j.driver.DeviceLie.RESPONSE_BYTES;
import static io.virtio4j.driver.DeviceLie.SIZE;

import io.virtio4j.driver.DeviceLie.InFlight;
import io.virtio4j.queue.RingFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What no honest device writes into a packed ring. */
final class PackedDeviceLies {
    private static final int WRITE = 2;

    private PackedDeviceLies() {}

    private static DeviceLie lie(String name, Consumer<InFlight> write) {
        return new DeviceLie(RingFormat.PACKED, name, write);
    }

    private static void use(InFlight inFlight, int id, int lengthBytes, int slots) {
        inFlight.pair().rawPacked().use(id, lengthBytes, WRITE, slots);
    }

    static Stream<DeviceLie> all() {
        return Stream.of(
                lie("an id behind the last", l -> use(l, SIZE, 0, 1)),
                lie("the largest id", l -> use(l, 0xFFFF, 0, 1)),
                lie("an id of 2^15", l -> use(l, 0x8000, 0, 1)),
                lie("an id that was never offered", l -> use(l, SIZE - 1, 0, 1)),
                lie("one byte more than the list can take", l -> use(l, l.writable(), RESPONSE_BYTES + 1, 2)),
                lie("one byte written to a list of readable parts", l -> use(l, l.twoParts(), 1, 2)),
                lie("2^31 bytes written", l -> use(l, l.writable(), Integer.MIN_VALUE, 2)),
                lie("2^32 - 1 bytes written", l -> use(l, l.writable(), -1, 2)),
                lie("a list used twice", l -> {
                    use(l, l.writable(), 0, 2);
                    use(l, l.writable(), 0, 2);
                }),
                lie("a list used again when all are used", l -> {
                    use(l, l.writable(), 0, 2);
                    use(l, l.onePart(), 0, 1);
                    use(l, l.twoParts(), 0, 2);
                    use(l, l.onePart(), 0, 1);
                }),
                lie("a used descriptor in the second slot of the list just used", l -> {
                    use(l, l.twoParts(), 0, 2);
                    use(l, SIZE, 0, 1);
                }),
                lie("a list that was added and not published", l -> {
                    int id = l.pair().driver.add(l.pair().parts(1), 103);
                    use(l, id, 0, 1);
                }));
    }
}
