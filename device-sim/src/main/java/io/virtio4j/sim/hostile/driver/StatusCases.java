// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static io.virtio4j.wire.DeviceStatus.ACKNOWLEDGE;
import static io.virtio4j.wire.DeviceStatus.DEVICE_NEEDS_RESET;
import static io.virtio4j.wire.DeviceStatus.DRIVER;
import static io.virtio4j.wire.DeviceStatus.DRIVER_OK;
import static io.virtio4j.wire.DeviceStatus.FAILED;
import static io.virtio4j.wire.DeviceStatus.FEATURES_OK;
import static io.virtio4j.wire.DeviceStatus.RESET;

import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing;
import io.virtio4j.sim.hostile.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The device status field, written as no driver does. VirtIO 1.2, 2.1 Device Status Field, 2.4 Device Reset and 3.1. */
final class StatusCases {
    private static final String AREA = "status and reset";
    private static final String SEQUENCE = "CORE-DRV-INIT-SEQUENCE CORE-DRV-STATUS-PROGRESS";
    private static final String NO_CLEAR = "CORE-DRV-STATUS-NO-CLEAR";
    private static final String QUIET = "CORE-DEV-RESET-QUIET CORE-DRV-CLEANUP-RESET-FIRST";
    private static final int AGREED = ACKNOWLEDGE | DRIVER | FEATURES_OK;
    private static final int ALL_BITS = 0xFF;
    private static final int STORM = 1_000;

    private StatusCases() {}

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        steps(rows);
        bits(rows);
        resets(rows);
        return rows;
    }

    // --- steps out of order
    // --------------------------------------------------------------------------------------------

    private static void steps(List<HostileCase<DriverPort>> rows) {
        rows.add(notStarted("driver-ok-first", "DRIVER_OK is the first thing that is set.", DRIVER_OK));
        rows.add(notStarted(
                "driver-ok-without-features-ok",
                "DRIVER_OK is set without FEATURES_OK.",
                ACKNOWLEDGE,
                ACKNOWLEDGE | DRIVER,
                ACKNOWLEDGE | DRIVER | DRIVER_OK));
        rows.add(notStarted("features-ok-first", "FEATURES_OK is set with no feature acknowledged.", FEATURES_OK));
        rows.add(notStarted("everything-at-once", "All bits are set at once, with no feature acknowledged.", ALL_BITS));
        rows.add(notStarted(
                "failed-first", "FAILED is set before anything else, and then DRIVER_OK.", FAILED, FAILED | DRIVER_OK));
        rows.add(HostileCase.of(
                "status-all-bits-with-features",
                AREA,
                SEQUENCE,
                "Features and a queue are written to a device that was just reset, and then all bits at once.",
                Verdict.SERVED,
                (port, stage) -> {
                    RawDriver driver = new RawDriver(port, stage);
                    driver.reset();
                    port.writeFeatures(RawDriver.base(port.format()));
                    driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                    port.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
                    stage.requireService(driver);
                    stage.served();
                }));
        rows.add(HostileCase.<DriverPort>of(
                        "status-buffers-before-driver-ok",
                        AREA,
                        "CORE-DEV-QUIET-BEFORE-DRIVER-OK CORE-DRV-INIT-NO-EARLY-KICK",
                        "Buffers are made available and kicked before DRIVER_OK.",
                        Verdict.SERVED,
                        (port, stage) -> {
                            RawDriver driver = new RawDriver(port, stage);
                            driver.negotiate();
                            RawDriverRing ring = driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                            byte[] sent = stage.randomBytes(4);
                            long answer = stage.memory().writable(4);
                            int id = ring.offer(
                                    Desc.readable(stage.memory().readable(sent), 4), Desc.writable(answer, 4));
                            port.kick(0);
                            stage.settle();
                            stage.requireHonest(!ring.hasUsed(), "a buffer was used before DRIVER_OK");
                            stage.requireHonest(port.calls(0) == 0, "the driver was called before DRIVER_OK");
                            driver.driverOk();
                            port.kick(0);
                            driver.awaitUsed(0, id);
                            EchoParty.requireEcho(stage, sent, answer);
                            stage.served();
                        })
                .needing(Need.ECHO));
        rows.add(HostileCase.of(
                "status-driver-ok-without-queues",
                AREA,
                SEQUENCE,
                "DRIVER_OK is set with no queue set up, and queue 0 is kicked.",
                Verdict.SERVED,
                (port, stage) -> {
                    RawDriver driver = new RawDriver(port, stage);
                    driver.negotiate();
                    driver.driverOk();
                    driver.abandon();
                    int calls = port.calls(0);
                    port.kick(0);
                    stage.settle();
                    stage.requireHonest(port.calls(0) == calls, "the driver was called for a queue that is not there");
                    boolean works = (port.status() & DRIVER_OK) != 0;
                    stage.requireHonest(works, "status " + port.status() + " is shown, and a driver needs no queue");
                    stage.served();
                }));
        rows.add(HostileCase.of(
                "status-queue-set-up-before-features",
                AREA,
                SEQUENCE,
                "A queue is set up before features are negotiated.",
                Verdict.SERVED,
                (port, stage) -> {
                    RawDriver driver = new RawDriver(port, stage);
                    driver.reset();
                    driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                    port.writeStatus(ACKNOWLEDGE | DRIVER);
                    port.writeFeatures(RawDriver.base(port.format()));
                    port.writeStatus(AGREED);
                    driver.driverOk();
                    stage.served();
                }));
    }

    /** Status bytes after which the device does not work: no DRIVER_OK is shown, and no buffer used. */
    private static HostileCase<DriverPort> notStarted(String id, String violates, int... written) {
        return HostileCase.of("status-" + id, AREA, SEQUENCE, violates, Verdict.REJECTED, (port, stage) -> {
            RawDriver driver = new RawDriver(port, stage);
            driver.reset();
            RawDriverRing ring = driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
            ring.offer(Scene.in(stage, 4), Scene.out(stage, 4));
            for (int status : written) {
                port.writeStatus(status);
                port.kick(0);
            }
            stage.settle();
            boolean works = (port.status() & (DRIVER_OK | FEATURES_OK)) != 0;
            stage.requireHonest(!works, "status " + port.status() + " is shown");
            stage.requireHonest(!ring.hasUsed(), "a buffer was used");
            stage.rejected("");
        });
    }

    // --- bits
    // ----------------------------------------------------------------------------------------------------------

    private static void bits(List<HostileCase<DriverPort>> rows) {
        rows.add(running(
                "bit-16",
                NO_CLEAR,
                "A bit that is not defined is written.",
                s -> s.port.writeStatus(AGREED | DRIVER_OK | 16)));
        rows.add(running(
                "bit-32",
                NO_CLEAR,
                "The other bit that is not defined is written.",
                s -> s.port.writeStatus(AGREED | DRIVER_OK | 32)));
        rows.add(running("bits-above-8", NO_CLEAR, "Bits are written that the field does not have.", s -> {
            s.port.writeStatus(0xFFFF_FF00 | AGREED | DRIVER_OK);
            int status = s.port.status();
            s.stage.requireHonest((status & ~ALL_BITS) == 0, "status 0x" + Integer.toHexString(status) + " is shown");
        }));
        rows.add(running(
                "needs-reset-written",
                NO_CLEAR,
                "The driver writes DEVICE_NEEDS_RESET, which is the device's.",
                s -> s.port.writeStatus(AGREED | DRIVER_OK | DEVICE_NEEDS_RESET)));
        rows.add(cleared("driver-ok", DRIVER_OK));
        rows.add(cleared("features-ok", FEATURES_OK));
        rows.add(cleared("acknowledge", ACKNOWLEDGE));
        rows.add(cleared("all-but-acknowledge", DRIVER | FEATURES_OK | DRIVER_OK));
        rows.add(running("driver-ok-again", SEQUENCE, "DRIVER_OK is set a second time, with requests in flight.", s -> {
                    Scene.Echo echo = s.echo();
                    int id = s.ring().offer(echo.chain());
                    s.kickAndTake();
                    s.port.writeStatus(AGREED | DRIVER_OK);
                    s.requireAnswer(id, echo);
                })
                .needing(Need.HOLDS_CHAINS)
                .needing(Need.ECHO));
        rows.add(running(
                "failed-while-running",
                "CORE-DRV-FAILED-THEN-RESET",
                "FAILED is set, and the driver goes on without a reset.",
                s -> s.port.writeStatus(AGREED | DRIVER_OK | FAILED)));
        rows.add(running("storm", NO_CLEAR, "The same status is written 1000 times.", s -> {
            for (int i = 0; i < STORM; i++) {
                s.port.writeStatus(AGREED | DRIVER_OK);
            }
        }));
        rows.add(HostileCase.of(
                "status-needs-reset-cleared",
                AREA,
                "CORE-DRV-STATUS-NO-CLEAR CORE-DRV-NEEDS-RESET-DISTRUST",
                "The driver writes DEVICE_NEEDS_RESET away and goes on.",
                Verdict.NEEDS_RESET,
                (port, stage) -> {
                    Scene s = Scene.start(port, stage);
                    breakRing(s);
                    s.kickAndSettle();
                    port.writeStatus(AGREED | DRIVER_OK);
                    s.ring().offer(s.in(4), s.out(4));
                    s.kick();
                    s.requireSilence("the device needs a reset");
                    if (!port.needsReset()) {
                        stage.served();
                    }
                }));
        rows.add(HostileCase.of(
                "status-needs-reset-and-driver-goes-on",
                AREA,
                "CORE-DRV-NEEDS-RESET-DISTRUST CORE-DEV-NEEDS-RESET-NOTIFY",
                "The driver ignores DEVICE_NEEDS_RESET, and offers, and kicks a thousand times.",
                Verdict.NEEDS_RESET,
                (port, stage) -> {
                    Scene s = Scene.start(port, stage);
                    breakRing(s);
                    s.kickAndSettle();
                    stage.requireHonest(port.configChanges() == 1, port.configChanges() + " changes were told of");
                    for (int i = 0; i < STORM; i++) {
                        if (i < 4) {
                            s.ring().offer(s.in(1));
                        }
                        s.kickAndSettle();
                    }
                    s.requireSilence("the device needs a reset");
                    if (!port.needsReset()) {
                        stage.served();
                    }
                }));
    }

    static void breakRing(Scene s) {
        s.ring().offer(s.out(4), s.in(4));
    }

    /** The device works on as if nothing had been written. */
    private static HostileCase<DriverPort> running(String id, String clauses, String violates, Consumer<Scene> write) {
        return Scene.indifferent(AREA, "status-" + id, clauses, violates, s -> {
            s.requireService();
            write.accept(s);
            s.requireService();
        });
    }

    private static HostileCase<DriverPort> cleared(String id, int bits) {
        return running(
                "cleared-" + id,
                NO_CLEAR,
                "Bits 0x" + Integer.toHexString(bits) + " of the status are cleared while the device works.",
                s -> {
                    s.port.writeStatus((AGREED | DRIVER_OK) & ~bits);
                    int status = s.port.status();
                    s.stage.requireHonest(
                            status == (AGREED | DRIVER_OK), "status " + status + " is shown without a reset");
                });
    }

    // --- reset
    // -----------------------------------------------------------------------------------------------------------

    private static void resets(List<HostileCase<DriverPort>> rows) {
        rows.add(reset("reset-storm", "CORE-DEV-RESET-STATUS-ZERO " + QUIET, "The device is reset 1000 times.", s -> {
            for (int i = 0; i < STORM; i++) {
                s.port.writeStatus(RESET);
            }
        }));
        rows.add(reset("reset-in-flight", QUIET, "The device is reset while it has requests.", s -> {
                    for (int i = 0; i < 4; i++) {
                        s.ring().offer(s.in(8), s.out(8));
                    }
                    s.kickAndTake();
                })
                .needing(Need.HOLDS_CHAINS));
        rows.add(reset(
                "reset-with-buffers-waiting", QUIET, "The device is reset before it sees what was offered.", s -> {
                    for (int i = 0; i < 4; i++) {
                        s.ring().offer(s.in(8), s.out(8));
                    }
                    s.kick();
                }));
        rows.add(reset("reset-of-a-broken-queue", QUIET, "The device is reset when a queue is broken.", s -> {
            breakRing(s);
            s.kickAndSettle();
        }));
        rows.add(reset("reset-and-then-kicks", QUIET, "Queues are kicked after a reset.", s -> {
                    s.ring().offer(s.in(8), s.out(8));
                    s.kickAndTake();
                    s.port.writeStatus(RESET);
                    for (int i = 0; i < STORM; i++) {
                        s.port.kick(0);
                        s.port.step();
                    }
                })
                .needing(Need.HOLDS_CHAINS));
        rows.add(reset("reset-in-the-middle-of-the-start", SEQUENCE, "Every start is given up at another step.", s -> {
            for (int[] steps : new int[][] {{1}, {1, 3}, {1, 3, 11}, {1, 3, 11, 15}, {1, 128}}) {
                for (int status : steps) {
                    s.port.writeStatus(status);
                }
                s.port.writeStatus(RESET);
            }
        }));
        rows.add(HostileCase.of(
                "reset-storm-in-flight",
                AREA,
                QUIET,
                "Two hundred times a device is started, given requests, and reset in their middle.",
                Verdict.SERVED,
                (port, stage) -> {
                    for (int i = 0; i < 200; i++) {
                        Scene s = Scene.start(port, stage);
                        s.ring().offer(s.in(8), s.out(8));
                        s.ring().offer(s.in(8), s.out(8));
                        s.kick();
                        for (int step = stage.random().nextInt(5); step > 0; step--) {
                            port.step();
                        }
                    }
                    new RawDriver(port, stage).reset();
                    stage.served();
                }));
        rows.add(HostileCase.of(
                "reset-storm-of-broken-queues",
                AREA,
                QUIET,
                "A hundred times a device is started, its ring broken, and it is reset.",
                Verdict.SERVED,
                (port, stage) -> {
                    for (int i = 0; i < 100; i++) {
                        Scene s = Scene.start(port, stage);
                        breakRing(s);
                        s.kickAndSettle();
                        stage.requireHonest(port.needsReset(), "a broken ring was followed");
                    }
                    new RawDriver(port, stage).reset();
                    stage.served();
                }));
    }

    /** After it the device shows 0, writes nothing, and calls nobody. */
    private static HostileCase<DriverPort> reset(String id, String clauses, String violates, Consumer<Scene> before) {
        return HostileCase.of("status-" + id, AREA, clauses, violates, Verdict.SERVED, (port, stage) -> {
            Scene s = Scene.start(port, stage);
            before.accept(s);
            s.driver.reset();
            int calls = port.calls(0);
            port.kick(0);
            stage.settle();
            stage.requireHonest(port.calls(0) == calls, "the driver was called after a reset");
            stage.requireHonest(port.status() == RESET, "status " + port.status() + " after a reset");
            stage.served();
        });
    }
}
