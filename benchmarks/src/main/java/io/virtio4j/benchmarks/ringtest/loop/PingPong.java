// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest.loop;

import io.virtio4j.benchmarks.ringtest.Ring;
import io.virtio4j.benchmarks.ringtest.Run;
import io.virtio4j.benchmarks.ringtest.Settings;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The limit: bare cache lines to the other thread and back, one for each buffer that may be outstanding. With two lines a buffer,
 * the flag in the first says that there is something in the second, as a ring's index does for its element.
 */
public final class PingPong implements Ring {
    private static final VarHandle CELLS = MethodHandles.arrayElementVarHandle(long[].class);

    /** In longs: one line, and two where there is room, since processors like to fetch lines by twos. */
    private static final int LINE = 8;

    private static final int APART_UP_TO = 64;

    private final long[] cells;
    private final int outstanding;
    private final int mask;
    private final int toNext;
    private final int toSecond;
    private final boolean two;

    /** The driver's. */
    private long driven;

    /** The device's, written at the end of its loop only. */
    private long served;

    /**
     * Makes it.
     *
     * @param variant how many lines a buffer has, {@code 1} or {@code 2}
     * @param settings of the measurement
     */
    public PingPong(String variant, Settings settings) {
        two = variant.equals("2");
        outstanding = settings.outstanding();
        int slots = Math.max(1, Integer.highestOneBit(2 * outstanding - 1));
        mask = slots - 1;
        int stride = slots > APART_UP_TO ? LINE : 2 * LINE;
        toSecond = stride;
        toNext = two ? 2 * stride : stride;
        cells = new long[2 * stride + slots * toNext];
    }

    private int cell(long serial) {
        return 2 * LINE + (int) (serial & mask) * toNext;
    }

    @Override
    public void drive(long buffers, Run run) {
        long sent = driven;
        long back = sent;
        long end = sent + buffers;
        long looks = 0;
        while (back < end) {
            if (sent < end && sent - back < outstanding) {
                send(sent, 2 * sent + 1);
                sent++;
                continue;
            }
            if (arrived(back, 2 * back + 2)) {
                back++;
                looks = 0;
            } else {
                run.waited(++looks);
            }
        }
        driven = back;
    }

    @Override
    public void serve(Run run) {
        long serial = served;
        long looks = 0;
        while (true) {
            if (arrived(serial, 2 * serial + 1)) {
                send(serial, 2 * serial + 2);
                serial++;
                looks = 0;
            } else if (run.isOver(++looks)) {
                break;
            }
        }
        served = serial;
    }

    private void send(long serial, long value) {
        int cell = cell(serial);
        if (two) {
            CELLS.set(cells, cell + toSecond, value);
        }
        CELLS.setRelease(cells, cell, value);
    }

    private boolean arrived(long serial, long value) {
        int cell = cell(serial);
        if ((long) CELLS.getAcquire(cells, cell) != value) {
            return false;
        }
        if (two) {
            Check.same("value", value, (long) CELLS.get(cells, cell + toSecond));
        }
        return true;
    }
}
