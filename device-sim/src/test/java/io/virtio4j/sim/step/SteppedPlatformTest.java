// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.PlatformFeatures;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A stepped device on a platform that offers something of its own. */
final class SteppedPlatformTest {
    private static final int DEVICE_ID = 63;
    private static final int MANY = 1_000;
    private static final DriverSpec SPEC = new DriverSpec(DEVICE_ID, Features.NONE, Features.NONE, List.of());

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final List<Throwable> errors = new ArrayList<>();

    private SteppedTransport transport(PlatformFeatures platform) {
        StepPlan plan = StepPlan.prompt(1);
        SteppedDevice device =
                new SteppedDevice(new DeviceType(DEVICE_ID, Features.NONE, 2, 16, 0), (queue, chain) -> 0, plan);
        return SteppedTransport.of(device, GuestMemory.of(memory), plan, platform, errors::add);
    }

    @Test
    @Clause({"CORE-DRV-NOTIFCFG-ACCEPT", "CORE-DRV-PLATFORM-ACCEPT", "CORE-DEV-PLATFORM-OFFER"})
    void whatThePlatformInsistsOnIsAgreedOnAndWorks() {
        SteppedTransport transport =
                transport(PlatformFeatures.requiring(FeatureBits.ACCESS_PLATFORM, FeatureBits.NOTIF_CONFIG_DATA));
        DriverSession session = DriverSession.open(transport, SPEC);
        ActiveQueue active = session.setUpQueue(1, 16, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
        session.driverOk();
        assertThat(session.features().has(FeatureBits.ACCESS_PLATFORM)).isTrue();
        assertThat(session.features().has(FeatureBits.NOTIF_CONFIG_DATA)).isTrue();

        DmaBuffer buffer = arena.allocate(16, 16);
        active.queue().offer(new BufferChain(1).addReadable(buffer), 5);
        List<Integer> payloads = new ArrayList<>();
        active.queue().kick(payload -> {
            payloads.add(payload);
            active.doorbell().ring(payload);
        });
        transport.run(MANY);

        List<Long> tokens = new ArrayList<>();
        assertThat(active.queue().poll((token, written) -> tokens.add(token), 1))
                .isEqualTo(1);
        assertThat(tokens).containsExactly(5L);
        assertThat(payloads).containsExactly(transport.notificationData(1)).doesNotContain(1);
        assertThat(errors).isEmpty();
    }

    @Test
    @Clause("CORE-DEV-PLATFORM-OFFER")
    void withoutAPlatformNothingOfOneIsOffered() {
        Features offered = transport(PlatformFeatures.NONE).offeredFeatures();
        assertThat(offered.and(Features.PLATFORM)).isEqualTo(Features.NONE);
    }

    @Test
    @Clause("CORE-DEV-FEAT-REFUSE")
    void aDriverThatLeavesOutWhatThePlatformInsistsOnIsRefused() {
        SteppedTransport transport = transport(PlatformFeatures.requiring(FeatureBits.ACCESS_PLATFORM));
        int driver = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER;
        transport.writeStatus(driver);
        transport.acknowledgeFeatures(Features.of(FeatureBits.VERSION_1));
        transport.writeStatus(driver | DeviceStatus.FEATURES_OK);
        assertThat(transport.status()).isEqualTo(driver);

        // Nothing of that stays: one that agrees is served afterwards.
        assertThat(DriverSession.open(transport, SPEC).features().has(FeatureBits.ACCESS_PLATFORM))
                .isTrue();
    }
}
