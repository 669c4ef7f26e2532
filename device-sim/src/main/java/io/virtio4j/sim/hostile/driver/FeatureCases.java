// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static io.virtio4j.wire.DeviceStatus.ACKNOWLEDGE;
import static io.virtio4j.wire.DeviceStatus.DRIVER;
import static io.virtio4j.wire.DeviceStatus.DRIVER_OK;
import static io.virtio4j.wire.DeviceStatus.FEATURES_OK;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Features that no driver acknowledges, or not then. VirtIO 1.2, 2.2 Feature Bits. */
final class FeatureCases {
    private static final String AREA = "features";
    private static final String OFFERED =
            "CORE-DRV-FEAT-OFFERED-ONLY CORE-DEV-FEAT-REFUSE CORE-DRV-INIT-REREAD-FEATURES-OK";
    private static final String FOREIGN =
            "CORE-DRV-FEAT-NO-ACK-FOREIGN CORE-DRV-FEAT-IGNORE-FOREIGN CORE-DEV-FEAT-REFUSE";
    private static final String LEGACY = "CORE-DRV-V1-ACCEPT CORE-DEV-V1-REQUIRE CORE-DRV-INIT-STOP-ON-FAILURE";
    private static final String LATE = "CORE-DRV-INIT-NO-LATE-FEATURES CORE-DRV-FEAT-RENEGOTIATE-BY-RESET";
    private static final int SR_IOV = 37;
    private static final int AGREED = ACKNOWLEDGE | DRIVER | FEATURES_OK;

    private FeatureCases() {}

    /** What a driver acknowledges. */
    private interface Answer {
        Features of(DriverPort port);
    }

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        for (int bit : new int[] {0, 23, 50, 127}) {
            rows.add(refused(
                    "not-offered-" + bit,
                    OFFERED,
                    unoffered(bit),
                    port -> base(port).with(unoffered(port, bit))));
        }
        for (int bit : new int[] {24, 27, 30, 31, 41, 49, FeatureBits.ACCESS_PLATFORM, FeatureBits.ORDER_PLATFORM}) {
            rows.add(refused(
                    "foreign-" + bit,
                    FOREIGN,
                    unoffered(bit),
                    port -> base(port).with(unoffered(port, bit))));
        }
        rows.add(refused(
                "foreign-37",
                "CORE-DRV-SRIOV-NOT-ON-NONPCI " + FOREIGN,
                unoffered(SR_IOV),
                port -> base(port).with(unoffered(port, SR_IOV))));
        rows.add(unwelcome("none", LEGACY, "No feature is acknowledged, not even VERSION_1.", port -> Features.NONE));
        rows.add(unwelcome(
                "without-version-1",
                LEGACY,
                "All that is offered is acknowledged but VERSION_1.",
                port -> port.offeredFeatures().without(FeatureBits.VERSION_1)));
        rows.add(refused("all-ones", FOREIGN, "Every bit there is is acknowledged.", port -> new Features(-1, -1)));
        rows.add(refused("low-half-all-ones", FOREIGN, "Bits 0 to 63 are acknowledged.", port -> new Features(-1, 0)));
        rows.add(Scene.indifferent(
                AREA,
                "features-changed-after-features-ok",
                LATE,
                "Features are written again after FEATURES_OK.",
                s -> {
                    s.driver.negotiate();
                    RawDriverRing ring = s.driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                    s.port.writeFeatures(other(s.port.format()));
                    s.driver.driverOk();
                    s.stage.requireHonest(ring == s.ring(), "the ring has changed");
                    s.requireService();
                }));
        rows.add(Scene.indifferent(
                AREA, "features-changed-after-driver-ok", LATE, "Features are written while the device works.", s -> {
                    s.requireService();
                    s.port.writeFeatures(other(s.port.format()));
                    s.port.writeStatus(AGREED | DRIVER_OK);
                    s.requireService();
                }));
        rows.add(Scene.indifferent(
                AREA, "features-all-ones-while-working", LATE, "All ones are written while the device works.", s -> {
                    s.port.writeFeatures(new Features(-1, -1));
                    s.requireService();
                }));
        rows.add(HostileCase.of(
                "features-again-after-refusal",
                AREA,
                LATE,
                "After features that the device refuses, good ones are written without a reset.",
                Verdict.SERVED,
                (port, stage) -> {
                    RawDriver driver = new RawDriver(port, stage);
                    driver.reset();
                    port.writeStatus(ACKNOWLEDGE | DRIVER);
                    for (int i = 0; i < 100; i++) {
                        port.writeFeatures(new Features(-1, i));
                        port.writeStatus(AGREED);
                        stage.requireHonest((port.status() & FEATURES_OK) == 0, "the device takes every bit there is");
                    }
                    port.writeFeatures(RawDriver.base(port.format()));
                    port.writeStatus(AGREED);
                    driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                    driver.driverOk();
                    stage.served();
                }));
        rows.add(HostileCase.of(
                "features-ok-without-driver",
                AREA,
                "CORE-DRV-INIT-SEQUENCE",
                "Features are agreed on by a driver that has set neither ACKNOWLEDGE nor DRIVER.",
                Verdict.SERVED,
                (port, stage) -> {
                    RawDriver driver = new RawDriver(port, stage);
                    driver.reset();
                    port.writeFeatures(RawDriver.base(port.format()));
                    port.writeStatus(FEATURES_OK);
                    driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                    driver.driverOk();
                    stage.served();
                }));
        rows.add(Scene.either(
                AREA,
                "features-ring-of-the-other-format",
                "CORE-VQ-FORMATS",
                "One ring format is agreed on, and the ring is of the other.",
                s -> {
                    RingFormat other = s.port.format() == RingFormat.SPLIT ? RingFormat.PACKED : RingFormat.SPLIT;
                    s.driver.negotiate();
                    RawDriverRing ring = RawDriverRing.create(other, s.memory, RawDriver.QUEUE_SIZE);
                    s.memory.partyOwnsAll();
                    s.port.setUpQueue(0, RawDriver.QUEUE_SIZE, ring.addresses());
                    s.driver.driverOk();
                    s.driver.abandon();
                    for (int i = 0; i < 4; i++) {
                        ring.offer(s.in(4), s.out(4));
                        s.port.kick(0);
                        s.stage.settle();
                    }
                }));
        return rows;
    }

    private static Features base(DriverPort port) {
        return RawDriver.base(port.format());
    }

    /** {@return that bit, or where the device offers it the next that it does not} */
    private static int unoffered(DriverPort port, int bit) {
        Features offered = port.offeredFeatures();
        return IntStream.concat(IntStream.range(bit, Features.BITS), IntStream.range(0, bit))
                .filter(other -> !offered.has(other))
                .findFirst()
                .orElseThrow();
    }

    private static String unoffered(int bit) {
        return "Feature bit " + bit + " is acknowledged, or the next one, and the device does not offer it.";
    }

    private static Features other(RingFormat format) {
        return format == RingFormat.PACKED
                ? RawDriver.base(RingFormat.SPLIT).with(FeatureBits.INDIRECT_DESC)
                : RawDriver.base(RingFormat.PACKED).with(FeatureBits.EVENT_IDX);
    }

    /** A device need not refuse this: it then works without. */
    private static HostileCase<DriverPort> unwelcome(String id, String clauses, String violates, Answer answer) {
        return refused(id, clauses, violates, answer, true).or(Verdict.SERVED);
    }

    private static HostileCase<DriverPort> refused(String id, String clauses, String violates, Answer answer) {
        return refused(id, clauses, violates, answer, false);
    }

    /** FEATURES_OK stays away, and so does everything behind it. */
    private static HostileCase<DriverPort> refused(
            String id, String clauses, String violates, Answer answer, boolean mayServe) {
        return HostileCase.of("features-" + id, AREA, clauses, violates, Verdict.REJECTED, (port, stage) -> {
            RawDriver driver = new RawDriver(port, stage);
            driver.reset();
            port.writeStatus(ACKNOWLEDGE | DRIVER);
            port.writeFeatures(answer.of(port));
            port.writeStatus(AGREED);
            if (mayServe && (port.status() & FEATURES_OK) != 0) {
                stage.served();
                return;
            }
            stage.requireHonest((port.status() & FEATURES_OK) == 0, "status " + port.status() + " accepts them");
            RawDriverRing ring = driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
            ring.offer(Scene.in(stage, 4), Scene.out(stage, 4));
            port.writeStatus(AGREED | DRIVER_OK);
            port.kick(0);
            stage.settle();
            stage.requireHonest((port.status() & DRIVER_OK) == 0, "status " + port.status() + " works without");
            stage.requireHonest(!ring.hasUsed(), "a buffer was used without features");
            stage.rejected("");
        });
    }
}
