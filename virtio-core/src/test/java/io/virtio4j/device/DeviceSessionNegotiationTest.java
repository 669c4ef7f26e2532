// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static io.virtio4j.device.SessionRig.ACKNOWLEDGE;
import static io.virtio4j.device.SessionRig.DRIVER;
import static io.virtio4j.device.SessionRig.DRIVER_OK;
import static io.virtio4j.device.SessionRig.FEATURES_OK;
import static io.virtio4j.device.SessionRig.VERSION_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What a device session agrees to, and what it does not. */
class DeviceSessionNegotiationTest {
    private final SessionRig rig = new SessionRig();
    private final DeviceSession session = rig.session;

    @Test
    @Clause("CORE-DEV-STATUS-INIT-ZERO")
    void theStatusIsZeroAtPowerOn() {
        assertThat(session.status()).isZero();
    }

    @Test
    void eachStepShowsInTheStatus() {
        assertThat(session.writeStatus(ACKNOWLEDGE)).isEqualTo(1);
        assertThat(session.writeStatus(ACKNOWLEDGE | DRIVER)).isEqualTo(3);
        session.acknowledgeFeatures(VERSION_1);
        assertThat(session.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK)).isEqualTo(11);
        assertThat(session.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK))
                .isEqualTo(15);
    }

    @Test
    void theStatusHasEightBitsWhateverTheDriverWrites() {
        rig.negotiate(VERSION_1);

        assertThat(session.writeStatus(0xFFFF_FF00 | ACKNOWLEDGE | DRIVER | FEATURES_OK))
                .isEqualTo(ACKNOWLEDGE | DRIVER | FEATURES_OK);
    }

    @Test
    @Clause("CORE-DEV-V1-OFFER")
    void version1IsAlwaysOffered() {
        rig.device.offered = Features.NONE;

        assertThat(DeviceSession.offeredFeatures(rig.device).has(FeatureBits.VERSION_1))
                .isTrue();
    }

    @Test
    @Clause("CORE-DEV-SRIOV-NOT-ON-NONPCI")
    void noFeatureIsOfferedThatNeedsPci() {
        assertThat(DeviceSession.offeredFeatures(rig.device).has(37)).isFalse();
    }

    @Test
    @Clause("CORE-DEV-V1-REQUIRE")
    void aDriverThatDoesNotAcknowledgeVersion1IsRefused() {
        assertThat(rig.negotiate(Features.of(3)).session.status()).isEqualTo(ACKNOWLEDGE | DRIVER);
    }

    @Test
    @Clause("CORE-DEV-FEAT-REFUSE")
    void aFeatureThatWasNotOfferedIsRefused() {
        assertThat(rig.negotiate(VERSION_1.with(4)).session.status()).isEqualTo(ACKNOWLEDGE | DRIVER);
    }

    @Test
    @Clause("CORE-DEV-FEAT-REFUSE")
    void aSetThatTheDeviceWillNotRunWithIsRefused() {
        rig.device.needed = Features.of(5);

        assertThat(rig.negotiate(VERSION_1.with(3)).session.status()).isEqualTo(ACKNOWLEDGE | DRIVER);
    }

    @Test
    void aDriverMayTryAgainAfterARefusal() {
        rig.negotiate(VERSION_1.with(4));
        session.acknowledgeFeatures(VERSION_1);

        assertThat(session.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK)).isEqualTo(11);
    }

    @Property(tries = 200)
    @Clause("CORE-DEV-FEAT-ACCEPT-SUBSETS")
    void anySubsetOfTheOfferWithVersion1IsAgreedTo(@ForAll long low, @ForAll long high) {
        SessionRig fresh = new SessionRig();
        Features subset = DeviceSession.offeredFeatures(fresh.device)
                .and(new Features(low, high))
                .with(FeatureBits.VERSION_1);

        assertThat(fresh.negotiate(subset).session.status()).isEqualTo(11);
    }

    @Property(tries = 200)
    @Clause("CORE-DEV-FEAT-REFUSE")
    void anySetThatIsNoSubsetOfTheOfferIsRefused(@ForAll long low, @ForAll long high) {
        SessionRig fresh = new SessionRig();
        Features wanted = new Features(low, high).with(FeatureBits.VERSION_1);
        Assume.that(!wanted.isSubsetOf(DeviceSession.offeredFeatures(fresh.device)));

        assertThat(fresh.negotiate(wanted).session.status()).isEqualTo(3);
    }

    @Test
    void featuresCannotBeChangedOnceAgreedOn() {
        rig.negotiate(VERSION_1);
        session.acknowledgeFeatures(VERSION_1.with(3));
        session.writeStatus(15);

        assertThat(rig.device.calls).containsExactly("start {32} with 0 queues");
    }

    @Test
    @Clause("CORE-DRV-FEAT-RENEGOTIATE-BY-RESET")
    void aResetOpensANewNegotiation() {
        rig.negotiate(VERSION_1);
        session.writeStatus(0);
        rig.negotiate(VERSION_1.with(3));
        session.writeStatus(15);

        assertThat(rig.device.calls).endsWith("start {3, 32} with 0 queues");
    }

    @Test
    @Clause("CORE-DEV-FEAT-RENEGOTIATE-SAME")
    void theSameFeaturesAreAgreedToAgainAfterAReset() {
        for (int i = 0; i < 3; i++) {
            assertThat(rig.negotiate(VERSION_1.with(3)).session.status()).isEqualTo(11);
            session.writeStatus(0);
        }
    }

    @Test
    void driverOkWithoutFeaturesOkIsRefused() {
        session.writeStatus(ACKNOWLEDGE | DRIVER);
        session.writeStatus(ACKNOWLEDGE | DRIVER | DRIVER_OK);

        assertThat(session.status()).isEqualTo(ACKNOWLEDGE | DRIVER);
        assertThat(rig.device.calls).isEmpty();
    }

    @Test
    void driverOkTogetherWithRefusedFeaturesIsRefusedAsWell() {
        session.acknowledgeFeatures(VERSION_1.with(4));

        assertThat(session.writeStatus(15)).isEqualTo(3);
        assertThat(rig.device.calls).isEmpty();
    }

    @Test
    void aBitOnceSetStaysSetUntilReset() {
        rig.negotiate(VERSION_1);

        session.writeStatus(DRIVER);

        assertThat(session.status()).isEqualTo(11);
    }

    @Test
    void theDriverCannotSetDeviceNeedsReset() {
        assertThat(session.writeStatus(ACKNOWLEDGE | 64)).isEqualTo(ACKNOWLEDGE);
    }

    @Test
    void theDeviceIsStartedOnceHoweverOftenDriverOkIsWritten() {
        rig.start();
        session.writeStatus(15);

        assertThat(rig.device.calls).containsExactly("start {32} with 1 queues");
    }

    @Test
    @Clause("CORE-DEV-CFG-READABLE-EARLY")
    void theConfigurationCanBeReadBeforeAnyFeatureWasAgreedOn() {
        rig.device.config.update(fields -> fields.putLe32(4, 0x0102_0304));
        byte[] bytes = new byte[4];

        rig.device.config.read(4, bytes);

        assertThat(bytes).containsExactly(4, 3, 2, 1);
    }
}
