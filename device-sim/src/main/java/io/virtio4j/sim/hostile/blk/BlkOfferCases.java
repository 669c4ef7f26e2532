// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import static io.virtio4j.wire.DeviceStatus.ACKNOWLEDGE;
import static io.virtio4j.wire.DeviceStatus.DRIVER;
import static io.virtio4j.wire.DeviceStatus.FEATURES_OK;

import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.Features;
import java.util.stream.Stream;

/** What a block device offers, and a driver that takes a part of it that stands on another. VirtIO 1.2, 5.2.3 and 5.2.5.2. */
final class BlkOfferCases {
    private BlkOfferCases() {}

    static Stream<HostileCase<DriverPort>> cases() {
        return Stream.of(HostileCase.<DriverPort>of(
                        "blk-config-wce-without-flush",
                        BlkRequestCases.AREA,
                        "BLK-DEV-OFFER-FLUSH-WITH-WCE CORE-DEV-FEAT-DEPS CORE-DRV-FEAT-DEPS",
                        "The driver takes CONFIG_WCE, if it is offered, and leaves FLUSH, which must be offered with it.",
                        Verdict.SERVED,
                        (port, stage) -> {
                            RawDriver driver = new RawDriver(port, stage);
                            driver.reset();
                            Features offered = port.offeredFeatures();
                            boolean switches = offered.has(BlkFeatureBits.CONFIG_WCE);
                            stage.requireHonest(
                                    !switches || offered.has(BlkFeatureBits.FLUSH),
                                    "CONFIG_WCE is offered without FLUSH: " + offered);
                            Features base = RawDriver.base(port.format());
                            port.writeStatus(ACKNOWLEDGE | DRIVER);
                            port.writeFeatures(switches ? base.with(BlkFeatureBits.CONFIG_WCE) : base);
                            port.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK);
                            if ((port.status() & FEATURES_OK) == 0) {
                                stage.rejected("");
                                return;
                            }
                            driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                            driver.driverOk();
                            stage.requireService(driver);
                            stage.served();
                        })
                .or(Verdict.REJECTED));
    }
}
