// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.FeatureDependency;
import io.virtio4j.wire.Features;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device may say of itself. */
class DeviceOfferTest {
    private static final Features V1 = Features.of(FeatureBits.VERSION_1);

    private final SessionRig rig = new SessionRig();
    private final FakeDevice device = new FakeDevice();

    private DeviceSession session(PlatformFeatures platform) {
        return new DeviceSession(device, rig.guest, platform, () -> {}, rig.errors::add);
    }

    private DeviceSession session() {
        return session(PlatformFeatures.NONE);
    }

    private static int negotiate(DeviceSession session, Features features) {
        session.writeStatus(3);
        session.acknowledgeFeatures(features);
        return session.writeStatus(11);
    }

    @Test
    @Clause("CORE-DEV-FEAT-DEPS")
    void aFeatureOfferedWithoutWhatItBuildsOnIsRefused() {
        device.dependencies = List.of(new FeatureDependency(5, 4));

        assertThatIllegalArgumentException().isThrownBy(this::session).withMessageContaining("{5}");

        device.offered = Features.of(3, 4, 5);
        assertThat(session().offeredFeatures()).isEqualTo(device.offered.or(DeviceSession.RING_FEATURES));
    }

    @Test
    @Clause({"CORE-DEV-FEAT-DEPS", "CORE-DEV-FEAT-REFUSE"})
    void anAnswerThatLeavesOutWhatAFeatureBuildsOnIsRefused() {
        device.dependencies = List.of(new FeatureDependency(5, 3));

        assertThat(negotiate(session(), V1.with(5))).isEqualTo(3);
        assertThat(negotiate(session(), V1.with(3))).isEqualTo(11);
        assertThat(negotiate(session(), V1.with(3).with(5))).isEqualTo(11);
    }

    @Property
    @Clause("CORE-DEV-FEAT-ONLY-DELIVERABLE")
    void aBitThatIsReservedOrNotADevicesOwnIsRefused(@ForAll @IntRange(max = 127) int bit) {
        device.offered = Features.of(bit);

        if (bit <= 23 || bit >= 50) {
            assertThat(session().offeredFeatures().has(bit)).isTrue();
        } else {
            assertThatIllegalArgumentException().isThrownBy(this::session).withMessageContaining("{" + bit + "}");
        }
    }

    @Property
    @Clause("CORE-DEV-FEAT-ONLY-DELIVERABLE")
    void aPlatformOffersWhatAPlatformCan(@ForAll @IntRange(max = 127) int bit) {
        if (Features.PLATFORM.has(bit)) {
            assertThat(session(PlatformFeatures.offering(bit)).offeredFeatures().has(bit))
                    .isTrue();
            assertThat(session().offeredFeatures().has(bit)).isFalse();
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PlatformFeatures.offering(bit))
                    .withMessageContaining("{" + bit + "}");
        }
    }

    @Test
    void whatIsRequiredMustBeOffered() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PlatformFeatures(Features.NONE, Features.of(FeatureBits.ACCESS_PLATFORM)));
    }

    @Test
    @Clause({"CORE-DEV-PLATFORM-REQUIRE", "CORE-DEV-FEAT-REFUSE"})
    void aDeviceWhoseMemoryGoesThroughThePlatformRefusesADriverThatDoesNot() {
        DeviceSession session = session(PlatformFeatures.requiring(FeatureBits.ACCESS_PLATFORM));

        assertThat(negotiate(session, V1)).isEqualTo(3);
        assertThat(negotiate(session, V1.with(FeatureBits.ACCESS_PLATFORM))).isEqualTo(11);
    }

    @Test
    @Clause({"CORE-DEV-ORDER-REQUIRE", "CORE-DEV-FEAT-REFUSE"})
    void aDeviceThatNeedsStrongBarriersRefusesADriverWithoutThem() {
        DeviceSession session = session(PlatformFeatures.requiring(FeatureBits.ORDER_PLATFORM));

        assertThat(negotiate(session, V1)).isEqualTo(3);
        assertThat(negotiate(session, V1.with(FeatureBits.ORDER_PLATFORM))).isEqualTo(11);
    }

    @Test
    void whatIsOfferedAndNotRequiredMayBeLeftOut() {
        assertThat(negotiate(session(PlatformFeatures.offering(FeatureBits.ORDER_PLATFORM)), V1))
                .isEqualTo(11);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65537, Integer.MAX_VALUE})
    @Clause("CORE-DEV-VQ-INDEX-RANGE")
    void moreQueuesThanThereAreIndicesAreRefused(int queues) {
        device.queueCount = queues;

        assertThatIllegalArgumentException().isThrownBy(this::session).withMessageContaining("" + queues);
    }

    @Test
    @Clause("CORE-DEV-VQ-INDEX-RANGE")
    void theLastQueueThatThereCanBeWorks() {
        rig.device.queueCount = 65536;
        QueueConfig last = rig.queueConfig(65535, 8);
        rig.start(last);
        DriverQueue driver = rig.driverQueue(last);
        driver.offer(new BufferChain(1).addReadable(rig.memory.guestAddress(), 1), 7);
        int[] payload = {-1};
        driver.kick(rung -> payload[0] = rung);

        assertThat(rig.session.service()).isEqualTo(1);

        assertThat(payload[0]).isEqualTo(65535);
        assertThat(driver.poll((token, written) -> {}, 1)).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> rig.queueConfig(65536, 8));
    }
}
