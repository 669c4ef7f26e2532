// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a driver looks at before it agrees on features. */
final class DeviceCheckTest {
    private static final DriverSpec SPEC =
            new DriverSpec(FakeTransport.DEVICE_ID, Features.NONE, Features.NONE, List.of());

    private final FakeTransport transport = new FakeTransport();

    @Test
    @Clause("CORE-DRV-INIT-FAILED")
    void aDeviceThatIsNotTakenIsMarkedFailedAndFeaturesAreNotAgreedOn() {
        assertThatThrownBy(() -> DriverSession.open(transport, SPEC, session -> Optional.of("it has zones")))
                .isInstanceOf(DeviceInitException.class)
                .hasMessage("it has zones");
        assertThat(transport.status() & DeviceStatus.FAILED).isEqualTo(DeviceStatus.FAILED);
        assertThat(transport.status() & DeviceStatus.FEATURES_OK).isZero();
    }

    @Test
    void theCheckComesAfterDriverAndBeforeFeaturesOk() {
        int[] seen = {-1};
        DriverSession.open(transport, SPEC, session -> {
            seen[0] = session.transport().status();
            return Optional.empty();
        });
        assertThat(seen[0]).isEqualTo(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
        assertThat(transport.status() & DeviceStatus.FEATURES_OK).isEqualTo(DeviceStatus.FEATURES_OK);
    }
}
