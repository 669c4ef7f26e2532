// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static io.virtio4j.wire.DeviceStatus.ACKNOWLEDGE;
import static io.virtio4j.wire.DeviceStatus.DRIVER;
import static io.virtio4j.wire.DeviceStatus.FEATURES_OK;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rules of devices that a driver brings to a point where they could be broken, and looks whether they were.
 *
 * <p>VirtIO 1.2, 2.1.2, 2.2.2, 2.6.1, 2.7.7.2, 2.7.8.2 and 6.2.
 */
final class DeviceRuleCases {
    private static final String FEATURES = "features";
    private static final String RESET = "queue reset";
    private static final String EVENTS = "event suppression";
    private static final String DEFAULTS = "CORE-DEV-VQRESET-DEFAULT-STATE CORE-DEV-VQENABLE-OBSERVE";
    private static final String AT_USED_EVENT = "SPLIT-DEV-IRQ-AT-USED-EVENT SPLIT-DEV-IRQ-NOT-AT-USED-EVENT";

    /** Bits that no version of the specification gives to queues or negotiation, and that no device type has either. */
    private static final Features UNDEFINED = Features.of(25, 26, 31, 42, 43, 44, 45, 46, 47, 48, 49);

    private static final int SR_IOV = 37;
    private static final int BATCH = 4;

    /** More than a lap of a ring, and no whole number of laps. */
    private static final int MORE_THAN_A_LAP = RawDriver.QUEUE_SIZE + RawDriver.QUEUE_SIZE / 2 + 1;

    private static final int POISON = 0xA7;

    private DeviceRuleCases() {}

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        early(rows);
        offer(rows);
        queueReset(rows);
        usedEvent(rows);
        rows.add(Scene.served(
                "chains",
                "used-length-with-more-room",
                "SPLIT-DEV-USED-DATA-BEFORE-IDX CORE-DEV-USED-LENGTH",
                "Three buffers hold more than the answer: as many bytes as it is said to have must be there, and no more.",
                DeviceRuleCases::moreRoom));
        return rows;
    }

    // --- before DRIVER_OK ----------------------------------------------------------------------------------------

    private static void early(List<HostileCase<DriverPort>> rows) {
        rows.add(HostileCase.of(
                "status-kicks-at-each-step-to-driver-ok",
                "status and reset",
                "CORE-DEV-QUIET-BEFORE-DRIVER-OK CORE-DRV-INIT-NO-EARLY-KICK",
                "A queue with a buffer is kicked after each step of the start, and its device has all the time it wants.",
                Verdict.SERVED,
                (port, stage) -> {
                    RawDriver driver = new RawDriver(port, stage);
                    driver.reset();
                    RawDriverRing ring = driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                    ring.offer(Scene.in(stage, 4), Scene.out(stage, 4));
                    int calls = port.calls(0);
                    for (int status :
                            new int[] {ACKNOWLEDGE, ACKNOWLEDGE | DRIVER, ACKNOWLEDGE | DRIVER | FEATURES_OK}) {
                        port.writeFeatures(RawDriver.base(port.format()));
                        port.writeStatus(status);
                        port.kick(0);
                        stage.settle();
                        stage.requireHonest(!ring.hasUsed(), "a buffer was used at status " + status);
                        stage.requireHonest(port.calls(0) == calls, "the driver was called at status " + status);
                    }
                    // The buffer is no request of any type: a driver that begins anew takes it back.
                    RawDriver.start(port, stage);
                    stage.served();
                }));
    }

    // --- what is offered -----------------------------------------------------------------------------------------

    private static void offer(List<HostileCase<DriverPort>> rows) {
        rows.add(HostileCase.of(
                "features-offer-looked-at-after-all-ones",
                FEATURES,
                "CORE-DEV-FEAT-ONLY-DELIVERABLE CORE-DEV-SRIOV-NOT-ON-NONPCI CORE-DRV-FEAT-OFFERED-ONLY",
                "Every bit there is is acknowledged, and the offer is looked at before and after: it has none that nothing defines.",
                Verdict.SERVED,
                (port, stage) -> {
                    RawDriver driver = new RawDriver(port, stage);
                    driver.reset();
                    Features before = port.offeredFeatures();
                    port.writeStatus(ACKNOWLEDGE | DRIVER);
                    port.writeFeatures(new Features(-1, -1));
                    port.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK);
                    driver.reset();
                    Features after = port.offeredFeatures();
                    stage.requireHonest(after.equals(before), before + " was offered, and after a reset " + after);
                    stage.requireHonest(
                            before.and(UNDEFINED).equals(Features.NONE), "undefined bits are offered: " + before);
                    stage.requireHonest(!before.has(SR_IOV), "SR_IOV is offered, and this is no function of PCI");
                    RawDriver.start(port, stage);
                    stage.served();
                }));
        delivers(rows, "indirect-desc", FeatureBits.INDIRECT_DESC);
        delivers(rows, "event-idx", FeatureBits.EVENT_IDX);
        delivers(rows, "in-order", FeatureBits.IN_ORDER);
        delivers(rows, "ring-reset", FeatureBits.RING_RESET);
    }

    private static void delivers(List<HostileCase<DriverPort>> rows, String id, int featureBit) {
        rows.add(Scene.indifferent(
                FEATURES,
                "features-" + id + "-alone",
                "CORE-DEV-FEAT-ONLY-DELIVERABLE",
                "Of all features of queues that are offered only bit " + featureBit
                        + " is taken, and more than a lap of" + " requests is sent.",
                DeviceRuleCases::laps,
                featureBit));
    }

    private static void laps(Scene s) {
        for (int i = 0; i < MORE_THAN_A_LAP; i++) {
            s.requireService();
        }
    }

    // --- queues that begin anew ----------------------------------------------------------------------------------

    private static void queueReset(List<HostileCase<DriverPort>> rows) {
        for (int requests : new int[] {1, RawDriver.QUEUE_SIZE / 2, MORE_THAN_A_LAP}) {
            rows.add(again("queue-enabled-same-size-after-" + requests, requests, RawDriver.QUEUE_SIZE));
        }
        rows.add(again("queue-enabled-half-the-size-after-a-lap", MORE_THAN_A_LAP, RawDriver.QUEUE_SIZE / 2));
        rows.add(again("queue-enabled-twice-the-size-after-a-lap", MORE_THAN_A_LAP, 2 * RawDriver.QUEUE_SIZE));
    }

    /** The old ring stays as it was; the new one is elsewhere, of another size, and is served from its begin, with calls. */
    private static HostileCase<DriverPort> again(String id, int requests, int size) {
        return Scene.indifferent(
                RESET,
                id,
                DEFAULTS,
                "A queue is reset after " + requests + " requests, and set up elsewhere with " + size + " descriptors.",
                s -> {
                    for (int i = 0; i < requests; i++) {
                        s.requireService();
                    }
                    RawDriverRing old = s.ring();
                    s.port.resetQueue(0);
                    s.stage.await(() -> s.port.isQueueReset(0), "the end of a queue's reset");
                    byte[] before = bytes(s, old);
                    s.driver.setUpQueue(0, Math.min(size, s.port.maxQueueSize(0)));
                    for (int i = 0; i < requests; i++) {
                        int calls = s.port.calls(0);
                        s.requireService();
                        s.stage.await(() -> s.port.calls(0) > calls, "a call for the queue that was set up again");
                    }
                    s.stage.requireHonest(
                            Arrays.equals(before, bytes(s, old)), "a ring was written that the driver has left");
                },
                FeatureBits.RING_RESET);
    }

    /** What the device writes of a ring. */
    private static byte[] bytes(Scene s, RawDriverRing ring) {
        RingFormat format = s.port.format();
        return format == RingFormat.SPLIT
                ? s.memory.get(ring.addresses().deviceArea(), format.deviceAreaBytes(ring.size()))
                : s.memory.get(ring.addresses().descriptorArea(), format.descriptorAreaBytes(ring.size()));
    }

    // --- used_event ----------------------------------------------------------------------------------------------

    private static void usedEvent(List<HostileCase<DriverPort>> rows) {
        rows.add(batches("split-used-event-over-a-batch", "a batch of four", 0));
        rows.add(batches(
                "split-used-event-over-a-batch-across-65535", "a batch of four across the wrap of the index", 0xFFFE));
    }

    /** Each place in a batch, and the first one behind it. */
    private static HostileCase<DriverPort> batches(String id, String words, int first) {
        return Scene.served(
                        EVENTS,
                        id,
                        AT_USED_EVENT,
                        "used_event is moved through all places of " + words + ", and to the one behind it.",
                        s -> {
                            // Nobody is to be called until the batches begin.
                            s.split().usedEvent(0xFFFF);
                            goRound(s, first);
                            for (int offset = 0; offset <= BATCH; offset++) {
                                batch(s, offset);
                            }
                        },
                        FeatureBits.EVENT_IDX)
                .or(Verdict.REJECTED)
                .on(RingFormat.SPLIT);
    }

    private static void batch(Scene s, int offset) {
        int calls = s.port.calls(0);
        s.split().usedEvent(s.split().availIdx() + offset);
        Set<Integer> heads = new HashSet<>();
        for (int i = 0; i < BATCH; i++) {
            heads.add(s.ring().offer(s.in(1)));
        }
        s.kick();
        s.requireAll(heads);
        if (offset < BATCH) {
            s.stage.await(() -> s.port.calls(0) > calls, "the call at used_event, which is number " + offset);
            return;
        }
        s.stage.settle();
        if (s.port.calls(0) != calls) {
            s.stage.rejected("it called for a batch before used_event");
        }
    }

    private static void goRound(Scene s, int requests) {
        Desc one = s.in(1);
        for (int sent = 0; sent < requests; ) {
            int size = Math.min(s.ring().size(), requests - sent);
            Set<Integer> heads = new HashSet<>();
            for (int i = 0; i < size; i++) {
                heads.add(s.ring().offer(one));
            }
            s.kick();
            s.requireAll(heads);
            sent += size;
        }
    }

    // --- the answer ----------------------------------------------------------------------------------------------

    private static void moreRoom(Scene s) {
        byte[] sent = s.stage.randomBytes(Scene.BYTES);
        int each = Scene.BYTES - 3;
        long[] rooms = new long[3];
        Desc[] chain = new Desc[rooms.length + 1];
        chain[0] = Desc.readable(s.memory.readable(sent), sent.length);
        byte[] poison = new byte[each];
        Arrays.fill(poison, (byte) POISON);
        for (int i = 0; i < rooms.length; i++) {
            rooms[i] = s.memory.writable(each);
            s.memory.put(rooms[i], poison);
            chain[i + 1] = Desc.writable(rooms[i], each);
        }
        int id = s.ring().offer(chain);
        s.kick();
        long told = s.driver.awaitUsed(0, id).lengthBytes();
        s.stage.requireHonest(told == sent.length, sent.length + " bytes were sent, and the answer has " + told);
        for (int i = 0; i < each * rooms.length; i++) {
            int got = s.memory.get(rooms[i / each] + i % each, 1)[0];
            int right = i < told ? (byte) (sent[i] + 1) : (byte) POISON;
            s.stage.requireHonest(got == right, "byte " + i + " of " + told + " is " + got + ", and right is " + right);
        }
    }
}
