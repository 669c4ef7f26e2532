// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RingFormat;
import java.util.function.Consumer;

/** Something that no honest device writes into a ring. */
record DeviceLie(RingFormat format, String name, Consumer<InFlight> write) {
    static final int SIZE = 8;
    static final int RESPONSE_BYTES = 50;

    /** Three chains in flight, by their ids: one with a writable part, one of two readable parts, one of one. */
    record InFlight(QueuePair pair, int writable, int twoParts, int onePart) {
        /** Their tokens are 100, 101 and 102. */
        static InFlight offer(QueuePair pair) {
            BufferChain request =
                    new BufferChain(2).addReadable(pair.buffer(4)).addWritable(pair.buffer(RESPONSE_BYTES));
            return new InFlight(
                    pair,
                    pair.driver.offer(request, 100),
                    pair.driver.offer(pair.parts(2), 101),
                    pair.driver.offer(pair.parts(1), 102));
        }
    }

    QueuePair tell() {
        InFlight inFlight = InFlight.offer(QueuePair.of(format, SIZE));
        write.accept(inFlight);
        return inFlight.pair;
    }

    @Override
    public String toString() {
        return format + ": " + name;
    }
}
