// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.rng;

import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.sim.hostile.request.RequestAnswer;
import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.sim.hostile.request.RequestLine;
import io.virtio4j.sim.hostile.request.UsedLength;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Requests for entropy that no honest driver sends: with nothing to fill, with something to read, of a byte and of very many.
 *
 * <p>VirtIO 1.2, 5.4.6 Device Operation: an entropy device puts one byte or more into each buffer, and a driver offers it only
 * buffers to write.
 */
public final class RngRequestCases {
    private static final String AREA = "entropy requests";
    private static final int GOOD_BYTES = 64;
    private static final int MANY_BYTES = 60_000;

    private RngRequestCases() {}

    /**
     * A request.
     *
     * @param name of the case
     * @param violates what is wrong, as a sentence
     * @param clauses the rules
     * @param chain what is sent
     * @param times how often, one after the other
     * @param verdicts what is right
     */
    private record Row(
            String name,
            String violates,
            List<String> clauses,
            Supplier<RequestChain> chain,
            int times,
            Set<Verdict> verdicts) {
        Row(String name, String violates, Supplier<RequestChain> chain) {
            this(name, violates, List.of("CORE-DEV-USED-LENGTH"), chain, 1, EnumSet.of(Verdict.SERVED));
        }

        /** A driver must not offer it (5.4.6.1 Driver Requirements: Device Operation): a device may take it for nonsense. */
        Row forbidden(String... ids) {
            return new Row(name, violates, List.of(ids), chain, times, EnumSet.of(Verdict.SERVED, Verdict.NEEDS_RESET));
        }

        Row repeated(int newTimes) {
            return new Row(name, violates, clauses, chain, newTimes, verdicts);
        }
    }

    private static Stream<Row> rows() {
        String split = "SPLIT-DEV-NO-WRITE-READABLE";
        String packed = "PACKED-DEV-NO-WRITE-READABLE";
        return Stream.of(
                new Row(
                                "readable-only",
                                "offers nothing but a buffer to read",
                                () -> new RequestChain().readable(new byte[GOOD_BYTES]))
                        .forbidden(split, packed, "CORE-DEV-USED-LENGTH"),
                new Row(
                                "readable-first",
                                "offers a buffer to read before one to fill",
                                () -> new RequestChain()
                                        .readable(new byte[GOOD_BYTES])
                                        .writable(GOOD_BYTES))
                        .forbidden(split, packed, "CORE-DEV-USED-LENGTH"),
                new Row(
                                "readable-large",
                                "offers 60000 bytes to read before one to fill",
                                () -> new RequestChain()
                                        .readable(new byte[MANY_BYTES])
                                        .writable(1))
                        .forbidden(split, packed),
                new Row("one-byte", "asks for one byte", () -> new RequestChain().writable(1)),
                new Row("many-bytes", "asks for 60000 bytes at once", () -> new RequestChain().writable(MANY_BYTES)),
                new Row(
                        "two-large",
                        "asks for 60000 bytes twice in a request",
                        () -> new RequestChain().writable(MANY_BYTES, MANY_BYTES)),
                new Row(
                        "bytes-apart",
                        "asks for 14 bytes in a descriptor each",
                        () -> new RequestChain()
                                .writable(IntStream.generate(() -> 1).limit(14).toArray())),
                new Row(
                        "odd-lengths",
                        "asks for buffers of odd lengths",
                        () -> new RequestChain().writable(1, 255, 257, 3, 511, 1)),
                new Row(
                        "same-buffer-twice",
                        "asks twice for the same bytes in a request",
                        () -> new RequestChain().writable(GOOD_BYTES).writableOver(0, 0, GOOD_BYTES)),
                new Row("again-and-again", "asks 200 times without a pause", () -> new RequestChain().writable(300))
                        .repeated(200));
    }

    /**
     * {@return the cases, in the order of the table}
     *
     * @param usedLength what is demanded of the device's used lengths
     */
    public static List<HostileCase<DriverPort>> all(UsedLength usedLength) {
        return rows().map(row -> of(row, usedLength)).toList();
    }

    private static HostileCase<DriverPort> of(Row row, UsedLength usedLength) {
        return new HostileCase<>(
                "rng-" + row.name,
                AREA,
                row.clauses,
                "The driver " + row.violates + ".",
                HostileCase.BOTH,
                row.verdicts,
                (port, stage) -> play(row, usedLength, port, stage));
    }

    private static void play(Row row, UsedLength usedLength, DriverPort port, Stage stage) {
        try {
            RequestLine line = RequestLine.start(port, stage, 1, Features.NONE);
            for (int i = 0; i < row.times; i++) {
                check(line.exchange(0, row.chain.get()), usedLength);
            }
            stage.served();
        } catch (Finding e) {
            e.tell(stage);
        }
    }

    /** One byte at least where there is room; what is behind the used length is as it was. */
    private static void check(RequestAnswer answer, UsedLength usedLength) {
        int room = answer.writable().length;
        if (room > 0 && answer.usedBytes() == 0) {
            throw Finding.lied("of a buffer of " + room + " bytes, none was filled");
        }
        if (usedLength == UsedLength.EXACT && !answer.isUntouched((int) answer.usedBytes(), room)) {
            throw Finding.escaped("bytes behind the used length of " + answer.usedBytes() + " were written");
        }
    }

    /**
     * Two requests, answered with bytes that are not the same.
     *
     * @param driver a driver at DRIVER_OK
     * @param stage the case's
     */
    public static void goodRequest(RawDriver driver, Stage stage) {
        try {
            RequestLine line = RequestLine.on(driver, stage);
            byte[] first = bytes(line);
            byte[] second = bytes(line);
            if (Arrays.equals(first, second)) {
                throw Finding.lied("two requests were answered with the same " + first.length + " bytes");
            }
        } catch (Finding e) {
            e.tell(stage);
        }
    }

    private static byte[] bytes(RequestLine line) {
        RequestAnswer answer = line.exchange(0, new RequestChain().writable(GOOD_BYTES));
        check(answer, UsedLength.LEAST);
        return answer.writable();
    }
}
