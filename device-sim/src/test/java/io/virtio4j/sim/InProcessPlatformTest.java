// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.virtio4j.device.PlatformFeatures;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A device in the same process on a platform that offers something of its own. */
final class InProcessPlatformTest {
    private static final Features OFFERED = Features.of(FeatureBits.ACCESS_PLATFORM, FeatureBits.NOTIF_CONFIG_DATA);

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final UsedBufferSignal signal = new UsedBufferSignal();
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final InProcessTransport transport = InProcessTransport.start(
            new EchoDevice(),
            GuestMemory.of(memory),
            InProcessOptions.DEFAULTS.withPlatform(new PlatformFeatures(OFFERED, OFFERED)),
            errors::add);

    @AfterEach
    void close() {
        transport.close();
    }

    private DriverSession open() {
        return DriverSession.open(transport, new DriverSpec(EchoDevice.ID, Features.NONE, Features.NONE, List.of()));
    }

    @Test
    @Clause({"CORE-DRV-NOTIFCFG-ACCEPT", "CORE-DRV-PLATFORM-ACCEPT", "CORE-DEV-PLATFORM-OFFER"})
    void whatThePlatformInsistsOnIsAgreedOnAndWorks() {
        DriverSession session = open();
        ActiveQueue active = session.setUpQueue(1, 16, arena, BarrierPolicy.OPTIMIZED, signal, errors::add);
        session.driverOk();
        List<Integer> payloads = new ArrayList<>();
        for (int round = 0; round < 100; round++) {
            DmaBuffer buffer = arena.allocate(64, 64);
            active.queue().offer(new BufferChain(2).addReadable(buffer).addWritable(buffer), round);
            active.queue().kick(payload -> {
                payloads.add(payload);
                active.doorbell().ring(payload);
            });
            assertThat(active.queue().awaitUsed((token, written) -> {}, 1, signal, TimeUnit.SECONDS.toNanos(60)))
                    .isEqualTo(1);
        }

        assertThat(OFFERED.isSubsetOf(session.features())).isTrue();
        active.queue().kickAgain(payloads::add);
        assertThat(payloads).containsOnly(transport.notificationData(1)).doesNotContain(1);
        assertThat(errors).isEmpty();
    }

    @Test
    @Clause("CORE-DRV-INIT-NO-LATE-FEATURES")
    void featuresAcknowledgedAfterFeaturesOkAreAnErrorAndChangeNothing() {
        DriverSession session = open();

        assertThatIllegalStateException()
                .isThrownBy(
                        () -> transport.acknowledgeFeatures(session.features().with(3)))
                .withMessageContaining("FEATURES_OK");
        session.driverOk();
        assertThatIllegalStateException().isThrownBy(() -> transport.acknowledgeFeatures(Features.NONE));

        session.reset();
        assertThat(open().features()).isEqualTo(session.features().or(OFFERED).with(FeatureBits.VERSION_1));
    }
}
