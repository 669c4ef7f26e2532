// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static io.virtio4j.wire.DeviceStatus.ACKNOWLEDGE;
import static io.virtio4j.wire.DeviceStatus.DRIVER;
import static io.virtio4j.wire.DeviceStatus.FEATURES_OK;

import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The configuration space, written and read as no driver does. VirtIO 1.2, 2.5 Device Configuration Space. */
final class ConfigCases {
    private static final String AREA = "configuration";
    private static final String LENGTH = "CORE-DRV-CFG-MIN-SIZE-CHECK";
    private static final int STORM = 1_000;

    private ConfigCases() {}

    private interface Place {
        int in(int configLengthBytes);
    }

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>(List.of(
                outside("one-byte-behind", 1, length -> length),
                outside("last-byte-behind", 4, length -> length - 3),
                outside("before", 4, length -> -4),
                outside("from-before-into-it", 4, length -> -2),
                outside("at-2-31-less-1", 4, length -> Integer.MAX_VALUE),
                outside("at-2-31-less-4", 4, length -> Integer.MAX_VALUE - 3),
                outside("at-2-31", 4, length -> Integer.MIN_VALUE),
                outside("longer-than-it", 4096, length -> 0),
                outside("of-no-bytes-behind", 0, length -> length + 1)));
        rows.add(Scene.indifferent(
                AREA,
                "config-write-of-no-bytes",
                LENGTH,
                "No bytes are written, everywhere in the configuration.",
                s -> {
                    byte[] before = s.port.readConfig(0, s.port.configLengthBytes());
                    for (int offset = 0; offset <= before.length; offset++) {
                        s.port.writeConfig(offset, new byte[0]);
                    }
                    requireSame(s, before);
                    s.requireService();
                }));
        rows.add(Scene.indifferent(
                AREA, "config-read-outside", LENGTH, "The configuration is read outside its bounds.", s -> {
                    int length = s.port.configLengthBytes();
                    for (int offset : new int[] {-8, -1, length - 1, length, length + 1, 4096, Integer.MAX_VALUE - 8}) {
                        s.port.readConfig(offset, 8);
                    }
                    s.requireService();
                }));
        rows.add(HostileCase.<DriverPort>of(
                        "config-written-before-features-ok",
                        AREA,
                        "CORE-DRV-INIT-CFG-NO-WRITE",
                        "The configuration is written during feature negotiation, and before ACKNOWLEDGE.",
                        Verdict.SERVED,
                        (port, stage) -> {
                            RawDriver driver = new RawDriver(port, stage);
                            driver.reset();
                            byte[] before = port.readConfig(0, port.configLengthBytes());
                            byte[] written = stage.randomBytes(before.length);
                            port.writeConfig(0, written);
                            port.writeStatus(ACKNOWLEDGE);
                            port.writeConfig(0, written);
                            port.writeStatus(ACKNOWLEDGE | DRIVER);
                            port.writeConfig(0, written);
                            byte[] after = port.readConfig(0, before.length);
                            for (int i = 0; i < after.length; i++) {
                                stage.requireHonest(
                                        after[i] == before[i] || after[i] == written[i],
                                        "byte " + i + " is neither what it was nor what was written");
                            }
                            RawDriver.start(port, stage);
                            if (Arrays.equals(before, after)) {
                                stage.rejected("nothing of it was taken");
                            } else {
                                stage.served();
                            }
                        })
                .or(Verdict.REJECTED));
        rows.add(HostileCase.of(
                "config-read-before-features",
                AREA,
                "CORE-DRV-CFG-CHECK-FEATURE CORE-DRV-INIT-CFG-READ CORE-DEV-CFG-READABLE-EARLY",
                "All of the configuration is read at every step of the start, fields of features too that are not agreed on.",
                Verdict.SERVED,
                (port, stage) -> {
                    RawDriver driver = new RawDriver(port, stage);
                    driver.reset();
                    byte[] first = port.readConfig(0, port.configLengthBytes());
                    for (int status : new int[] {ACKNOWLEDGE, ACKNOWLEDGE | DRIVER}) {
                        port.writeStatus(status);
                        requireSame(port, stage, first);
                    }
                    port.writeFeatures(RawDriver.base(port.format()));
                    port.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK);
                    // What was agreed on may show: the cache mode of a block device does.
                    byte[] agreed = port.readConfig(0, first.length);
                    driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                    driver.driverOk();
                    requireSame(port, stage, agreed);
                    stage.served();
                }));
        rows.add(Scene.served(
                AREA,
                "config-write-storm",
                "CORE-DEV-CFG-GENERATION",
                "The configuration is written a thousand times, and read between.",
                s -> {
                    int changes = s.port.configChanges();
                    for (int i = 0; i < STORM; i++) {
                        byte[] bytes = s.stage.randomBytes(4);
                        s.port.writeConfig(4 * (i % 2), bytes);
                        s.stage.requireHonest(
                                Arrays.equals(s.port.readConfig(4 * (i % 2), 4), bytes),
                                "what was written is not read");
                        s.stage.requireHonest((s.port.configGeneration() & 1) == 0, "a change has no end");
                        s.port.step();
                    }
                    s.stage.settle();
                    s.stage.requireHonest(s.port.configChanges() == changes, "the driver was told of its own changes");
                    s.requireService();
                }));
        rows.add(Scene.served(
                        AREA,
                        "config-written-in-flight",
                        "CORE-DRV-CFG-NOT-ATOMIC",
                        "The configuration is written byte by byte while requests are in flight.",
                        s -> {
                            Scene.Echo echo = s.echo();
                            int id = s.ring().offer(echo.chain());
                            s.kickAndTake();
                            for (int i = 0; i < s.port.configLengthBytes(); i++) {
                                s.port.writeConfig(i, s.stage.randomBytes(1));
                            }
                            s.requireAnswer(id, echo);
                        })
                .needing(Need.HOLDS_CHAINS));
        rows.add(HostileCase.of(
                "config-written-when-a-reset-is-needed",
                AREA,
                "CORE-DRV-NEEDS-RESET-DISTRUST",
                "The configuration is written to a device that needs a reset.",
                Verdict.NEEDS_RESET,
                (port, stage) -> {
                    Scene s = Scene.start(port, stage);
                    StatusCases.breakRing(s);
                    s.kickAndSettle();
                    for (int i = 0; i < STORM; i++) {
                        port.writeConfig(0, stage.randomBytes(8));
                    }
                    if (!port.needsReset()) {
                        stage.served();
                    }
                }));
        return rows;
    }

    /** Nothing of it is written, and the device works on. */
    private static HostileCase<DriverPort> outside(String id, int lengthBytes, Place place) {
        return HostileCase.of(
                "config-write-" + id,
                AREA,
                LENGTH,
                lengthBytes + " bytes are written to the configuration, not all inside it.",
                Verdict.REJECTED,
                (port, stage) -> {
                    Scene s = Scene.start(port, stage);
                    byte[] before = port.readConfig(0, port.configLengthBytes());
                    port.writeConfig(place.in(port.configLengthBytes()), stage.randomBytes(lengthBytes));
                    stage.settle();
                    requireSame(s, before);
                    s.requireService();
                    stage.rejected("");
                });
    }

    private static void requireSame(Scene s, byte[] before) {
        requireSame(s.port, s.stage, before);
    }

    private static void requireSame(DriverPort port, Stage stage, byte[] before) {
        byte[] now = port.readConfig(0, before.length);
        stage.requireHonest(Arrays.equals(now, before), "the configuration is now " + Arrays.toString(now));
    }
}
