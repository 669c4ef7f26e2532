// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Flags, event fields and the device's own area, with what does not belong there. VirtIO 1.2, 2.7.7, 2.7.10 and 2.8.10. */
final class FlagCases {
    private static final String RESERVED = "flags";
    private static final String EVENTS = "events";
    private static final String SPLIT_FLAGS = "SPLIT-DRV-AVAIL-FLAGS-01";
    private static final String PACKED_FLAGS = "PACKED-EVENT-FLAGS PACKED-EVENT-RESERVED-ZERO";
    private static final String SINGLE_WRITER = "SPLIT-SINGLE-WRITER";

    private FlagCases() {}

    /** Whether the device calls the driver when it has used a buffer. */
    private enum Calls {
        /** For each, as it must. */
        EACH,

        /** Not for these: it is asked not to. A device that does has let the wish down, which it SHOULD NOT. */
        NONE,

        /** Nobody can say: what the driver asks for has no meaning. */
        ANY
    }

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        reserved(rows);
        splitEvents(rows);
        packedEvents(rows);
        deviceArea(rows);
        return rows;
    }

    // --- reserved bits of descriptors --------------------------------------------------------------------------------

    private static void reserved(List<HostileCase<DriverPort>> rows) {
        rows.add(reserved("bit-3", 1 << 3));
        rows.add(reserved("bit-6", 1 << 6));
        rows.add(reserved("bit-8", 1 << 8));
        rows.add(reserved("bit-14", 1 << 14));
        rows.add(reserved("all", 0x7F78));
        rows.add(reserved("bit-15", 1 << 15).on(RingFormat.SPLIT));
        rows.add(reserved("bit-7", 1 << 7).on(RingFormat.SPLIT));
    }

    private static HostileCase<DriverPort> reserved(String id, int flags) {
        return Scene.served(
                RESERVED,
                "flags-reserved-" + id,
                "SPLIT-DEV-NO-FRAMING-ASSUMPTION PACKED-AVAIL-BITS",
                "Descriptors have flags that are not defined: 0x" + Integer.toHexString(flags) + ".",
                s -> {
                    Scene.Echo echo = s.echo();
                    int used = s.ring().offer(echo.chain()[0].plus(flags), echo.chain()[1].plus(flags));
                    s.kick();
                    s.requireAnswer(used, echo);
                });
    }

    // --- when to be called -------------------------------------------------------------------------------------------

    private static void splitEvents(List<HostileCase<DriverPort>> rows) {
        rows.add(split(
                "avail-flags-2",
                SPLIT_FLAGS + " SPLIT-DEV-IRQ-REQUIRED",
                "The available ring's flags are 2.",
                Calls.EACH,
                s -> s.split().availFlags(2)));
        rows.add(split(
                "avail-flags-all",
                SPLIT_FLAGS + " SPLIT-DEV-IRQ-SUPPRESSED",
                "The available ring's flags are all set.",
                Calls.NONE,
                s -> s.split().availFlags(0xFFFF)));
        rows.add(split(
                "used-event-without-event-idx",
                "SPLIT-DEV-IGNORE-USED-EVENT",
                "There is garbage in used_event, and EVENT_IDX was not negotiated.",
                Calls.EACH,
                s -> s.split().usedEvent(0xBEEF)));
        rows.add(split(
                "avail-flags-with-event-idx",
                "SPLIT-DRV-AVAIL-FLAGS-ZERO SPLIT-DEV-IGNORE-AVAIL-FLAG",
                "The available ring's flags are 1, and EVENT_IDX was negotiated.",
                Calls.EACH,
                s -> s.split().availFlags(1),
                FeatureBits.EVENT_IDX));
        for (int event : new int[] {0x7FFF, 0x8000, 0xFFFF}) {
            rows.add(split(
                    "used-event-" + event,
                    "SPLIT-DEV-IRQ-NOT-AT-USED-EVENT",
                    "The driver's used_event is " + event + ", which is not reached for long.",
                    Calls.NONE,
                    s -> s.split().usedEvent(event),
                    FeatureBits.EVENT_IDX));
        }
        rows.add(split(
                "avail-flags-1-means-no-call",
                "SPLIT-DRV-AVAIL-FLAGS-SUPPRESS SPLIT-DEV-IRQ-SUPPRESSED",
                "The driver wants no calls, and waits for none.",
                Calls.NONE,
                s -> s.split().availFlags(1)));
    }

    private static HostileCase<DriverPort> split(
            String id, String clauses, String violates, Calls calls, Consumer<Scene> garbage, int... featureBits) {
        return events("split-" + id, clauses, violates, calls, garbage, Scene::requireService, featureBits)
                .on(RingFormat.SPLIT);
    }

    private static HostileCase<DriverPort> packed(
            String id, String clauses, String violates, Calls calls, Consumer<Scene> garbage, int... featureBits) {
        return events("packed-" + id, clauses, violates, calls, garbage, Scene::requireService, featureBits)
                .on(RingFormat.PACKED);
    }

    /** Garbage where the device writes is not to be taken for an answer: only an echo can be told from it. */
    private static HostileCase<DriverPort> scribbled(
            String id, String clauses, String violates, Consumer<Scene> garbage, int... featureBits) {
        return events(id, clauses, violates, Calls.EACH, garbage, Scene::requireEcho, featureBits)
                .needing(Need.ECHO);
    }

    /** Garbage first, and three requests that are served nevertheless, with the calls that the garbage leaves. */
    private static HostileCase<DriverPort> events(
            String id,
            String clauses,
            String violates,
            Calls calls,
            Consumer<Scene> garbage,
            Consumer<Scene> request,
            int... featureBits) {
        boolean eventIdx = Arrays.stream(featureBits).anyMatch(bit -> bit == FeatureBits.EVENT_IDX);
        HostileCase<DriverPort> row = Scene.indifferent(
                EVENTS,
                id,
                clauses,
                violates,
                s -> {
                    garbage.accept(s);
                    called(s, calls, eventIdx, request);
                    garbage.accept(s);
                    called(s, calls, eventIdx, request);
                    called(s, calls, eventIdx, request);
                },
                featureBits);
        return calls == Calls.NONE ? row.or(Verdict.REJECTED) : row;
    }

    private static void called(Scene s, Calls calls, boolean eventIdx, Consumer<Scene> request) {
        if (calls == Calls.EACH && eventIdx && s.port.format() == RingFormat.SPLIT) {
            s.split().usedEvent(s.split().availIdx());
        }
        int before = s.port.calls(0);
        request.accept(s);
        if (calls == Calls.EACH) {
            s.stage.await(() -> s.port.calls(0) > before, "the call for a buffer that was used");
        } else if (calls == Calls.NONE) {
            s.stage.settle();
            if (s.port.calls(0) != before) {
                s.stage.rejected("it called, and was asked not to");
            }
        }
    }

    private static void packedEvents(List<HostileCase<DriverPort>> rows) {
        rows.add(packed(
                "event-flags-3",
                PACKED_FLAGS,
                "The driver's event flags are 3, which is reserved.",
                Calls.ANY,
                s -> s.packed().driverEvent(0, 3)));
        rows.add(packed(
                "event-flags-3-with-event-idx",
                PACKED_FLAGS,
                "The driver's event flags are 3, and EVENT_IDX was negotiated.",
                Calls.ANY,
                s -> s.packed().driverEvent(0x8003, 3),
                FeatureBits.EVENT_IDX));
        rows.add(packed(
                "event-flags-all",
                PACKED_FLAGS,
                "All bits of the driver's event flags are set.",
                Calls.ANY,
                s -> s.packed().driverEvent(0xFFFF, 0xFFFF)));
        rows.add(packed(
                "event-reserved-bits",
                PACKED_FLAGS,
                "The reserved bits of the driver's event flags are set.",
                Calls.EACH,
                s -> s.packed().driverEvent(0, 0xFFFC),
                FeatureBits.EVENT_IDX));
        rows.add(packed(
                "event-desc-without-event-idx",
                PACKED_FLAGS,
                "The driver's event flags ask for one descriptor, and EVENT_IDX was not negotiated.",
                Calls.ANY,
                s -> s.packed().driverEvent(0x8001, PackedLayout.EVENT_DESC)));
        for (int off : new int[] {16, 17, 0x7FFF}) {
            rows.add(packed(
                    "event-off-" + off,
                    "PACKED-EVENT-DESC-MATCH",
                    "The driver asks for a call at slot " + off + " of a ring that ends before it.",
                    Calls.NONE,
                    s -> s.packed().driverEvent(off, PackedLayout.EVENT_DESC),
                    FeatureBits.EVENT_IDX));
            rows.add(packed(
                    "event-off-" + off + "-wrap",
                    "PACKED-EVENT-DESC-MATCH",
                    "The driver asks for a call at slot " + off + ", in the first lap, of a ring that ends before it.",
                    Calls.NONE,
                    s -> s.packed().driverEvent(0x8000 | off, PackedLayout.EVENT_DESC),
                    FeatureBits.EVENT_IDX));
        }
    }

    // --- what only the device writes
    // -----------------------------------------------------------------------------------

    private static void deviceArea(List<HostileCase<DriverPort>> rows) {
        rows.add(scribbled(
                        "split-used-idx-scribbled",
                        SINGLE_WRITER,
                        "The driver writes the used ring's index.",
                        s -> s.split().usedIdx(0x1234))
                .on(RingFormat.SPLIT));
        rows.add(scribbled(
                        "split-used-flags-scribbled",
                        SINGLE_WRITER,
                        "The driver writes the used ring's flags.",
                        s -> s.split().usedFlags(0xFFFF))
                .on(RingFormat.SPLIT));
        rows.add(scribbled(
                        "split-used-elements-scribbled",
                        SINGLE_WRITER,
                        "The driver writes all elements of the used ring.",
                        s -> {
                            for (int i = 0; i < s.ring().size(); i++) {
                                s.split().usedElement(i, -1, -1);
                            }
                        })
                .on(RingFormat.SPLIT));
        rows.add(scribbled(
                        "split-avail-event-scribbled",
                        SINGLE_WRITER,
                        "The driver writes avail_event, with EVENT_IDX.",
                        s -> s.split().availEvent(0xBEEF),
                        FeatureBits.EVENT_IDX)
                .on(RingFormat.SPLIT));
        rows.add(scribbled(
                        "packed-device-event-scribbled",
                        "PACKED-EVENT-FLAGS",
                        "The driver writes the device's event area.",
                        s -> s.packed().deviceEvent(0xFFFF, 0xFFFF))
                .on(RingFormat.PACKED));
        rows.add(scribbled(
                        "packed-device-event-scribbled-with-event-idx",
                        "PACKED-EVENT-FLAGS",
                        "The driver writes the device's event area, with EVENT_IDX.",
                        s -> s.packed().deviceEvent(0xFFFF, 3),
                        FeatureBits.EVENT_IDX)
                .on(RingFormat.PACKED));
        rows.add(Scene.served(
                        EVENTS,
                        "split-used-ring-scribbled-in-flight",
                        SINGLE_WRITER,
                        "The driver writes index and elements of the used ring while a request is in flight.",
                        s -> {
                            Scene.Echo echo = s.echo();
                            int used = s.ring().offer(echo.chain());
                            s.kickAndTake();
                            s.split().usedElement(0, 0xFFFF, -1);
                            s.split().usedIdx(0);
                            s.requireAnswer(used, echo);
                        })
                .on(RingFormat.SPLIT)
                .needing(Need.HOLDS_CHAINS));
    }
}
