// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.examples.cli.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lets the device and the plain copy work in turn, a slice each, until the time is over. Who begins changes each time. Between
 * two slices the ping-pong is read.
 */
final class Slices {
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int LEAST_SLICES = 20;

    private final Crew crew;
    private final PingPong pingPong;
    private final List<DeviceLoad> device;
    private final List<? extends Load> plain;

    /** @param device of each job; empty if there is no device */
    Slices(Crew crew, PingPong pingPong, List<DeviceLoad> device, List<? extends Load> plain) {
        this.crew = crew;
        this.pingPong = pingPong;
        this.device = device;
        this.plain = plain;
    }

    /** {@return how long a slice is when all of them take so long} */
    static long sliceNanos(long timeNanos) {
        return Math.min(LONGEST_NANOS, Math.max(SHORTEST_NANOS, timeNanos / LEAST_SLICES));
    }

    /** Works for so long, or until a request fails. */
    Totals run(long timeNanos, Progress progress) {
        return device.isEmpty() ? plainOnly(timeNanos, progress) : bothInTurn(timeNanos, progress);
    }

    private Totals plainOnly(long timeNanos, Progress progress) {
        Slice all = Slice.NONE;
        long startNanos = System.nanoTime();
        while (System.nanoTime() - startNanos < timeNanos) {
            Slice slice = crew.run(plain, sliceNanos(timeNanos));
            all = all.plus(slice);
            progress.advance(TimeUnit.NANOSECONDS.toMillis(slice.nanos()));
        }
        return new Totals(Slice.NONE, all, List.of());
    }

    private Totals bothInTurn(long timeNanos, Progress progress) {
        Slice devices = Slice.NONE;
        Slice plains = Slice.NONE;
        List<Pair> pairs = new ArrayList<>();
        long startNanos = System.nanoTime();
        double before = pingPong.readNanos();
        long nowNanos = System.nanoTime();
        do {
            Pair pair = pair(before, sliceNanos(timeNanos), pairs.size() % 2 == 0);
            before = pair.behindNanos();
            devices = devices.plus(pair.device());
            plains = plains.plus(pair.plain());
            pairs.add(pair);
            long lastNanos = nowNanos;
            nowNanos = System.nanoTime();
            progress.advance(TimeUnit.NANOSECONDS.toMillis(nowNanos - lastNanos));
        } while (nowNanos - startNanos < timeNanos && !hasFailed());
        return new Totals(devices, plains, pairs);
    }

    private Pair pair(double before, long sliceNanos, boolean deviceFirst) {
        Slice first = crew.run(deviceFirst ? device : plain, sliceNanos);
        double between = pingPong.readNanos();
        Slice second = crew.run(deviceFirst ? plain : device, sliceNanos);
        double behind = pingPong.readNanos();
        return new Pair(deviceFirst ? first : second, deviceFirst ? second : first, before, between, behind);
    }

    private boolean hasFailed() {
        return device.stream().anyMatch(load -> load.failed() > 0);
    }
}
