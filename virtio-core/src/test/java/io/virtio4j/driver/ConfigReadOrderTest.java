// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.RecordedConfig;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.TransportException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A driver that reads a configuration which its device changes meanwhile: letter G', and what it does when it lost. */
class ConfigReadOrderTest {
    private static final List<String> READ =
            List.of("opaque load generation", "RMB", "load field[0]", "load field[1]", "RMB", "opaque load generation");
    private static final List<String> CHANGE =
            List.of("WMB", "opaque store generation", "WMB", "store fields", "WMB", "opaque store generation");

    private final RecordedConfig device = new RecordedConfig();
    private final FakeTransport transport = new FakeTransport();
    private final DriverSession session;

    ConfigReadOrderTest() {
        transport.generation = device.config::generation;
        transport.configReader = (destination, offset) -> device.config.read(offset, destination);
        session = DriverSession.open(
                transport,
                new DriverSpec(FakeTransport.DEVICE_ID, DriverSpec.RING_FEATURES, transport.offered, List.of()));
        device.show(1);
    }

    private byte[] read() {
        return session.readConfig(0, RecordedConfig.LENGTH_BYTES);
    }

    /** The device changes all fields at each of the driver's first so many loads of a field. */
    private void changeAtLoadsOf(String field, int times) {
        int[] left = {times};
        device.memory.nameBy((offset, lengthBytes) -> {
            String name = RecordedConfig.name(offset, lengthBytes);
            if (name.equals(field) && left[0] > 0) {
                left[0]--;
                device.show(1 + times - left[0]);
            }
            return name;
        });
    }

    @Test
    @Clause("CORE-DRV-CFG-GENERATION-LOOP")
    void aReadThatNothingDisturbsIsOneRound() {
        List<String> lines = device.memory.during(() -> assertThat(read()).containsExactly(1, 1));

        assertThat(lines).isEqualTo(READ);
    }

    @Test
    @Clause({"CORE-DRV-CFG-GENERATION-LOOP", "CORE-DRV-CFG-NOT-ATOMIC"})
    void aChangeBetweenTwoFieldsMakesTheDriverReadAllOfThemAgain() {
        // The change is done, and written down, before the load at which it comes.
        changeAtLoadsOf("field[1]", 1);

        List<String> lines = device.memory.during(() -> assertThat(read()).containsExactly(2, 2));

        List<String> expected = new ArrayList<>(READ);
        expected.addAll(READ.indexOf("load field[1]"), CHANGE);
        expected.addAll(READ);
        assertThat(lines).isEqualTo(expected);
    }

    @Test
    @Clause("CORE-DRV-CFG-GENERATION-LOOP")
    void everyChangeIsOneMoreRound() {
        changeAtLoadsOf("field[0]", 5);

        List<String> lines = device.memory.during(() -> assertThat(read()).containsExactly(6, 6));

        assertThat(Collections.frequency(lines, "load field[1]")).isEqualTo(6);
        assertThat(Collections.frequency(lines, "RMB")).isEqualTo(12);
    }

    @Test
    @Clause("CORE-DRV-CFG-NOT-ATOMIC")
    void aConfigurationThatNeverKeepsStillIsGivenUpAndNoneOfItReturned() {
        changeAtLoadsOf("field[1]", Integer.MAX_VALUE);

        assertThatThrownBy(this::read)
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("1000 reads of offset 0");
    }

    /** The driver never learns of a change that failed: not by the generation, not by a field. */
    @Test
    @Clause("CORE-DEV-CFG-GENERATION")
    void aChangeThatThrowsDuringAReadDisturbsItInNothing() {
        device.memory.nameBy((offset, lengthBytes) -> {
            String name = RecordedConfig.name(offset, lengthBytes);
            if (name.equals("field[1]")) {
                assertThatThrownBy(() -> device.config.update(fields -> {
                            fields.putByte(0, 9);
                            fields.putByte(1, 9);
                            fields.putByte(2, 9);
                        }))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
            return name;
        });

        List<String> lines = device.memory.during(() -> assertThat(read()).containsExactly(1, 1));

        List<String> expected = new ArrayList<>(READ);
        expected.add(READ.indexOf("load field[1]"), "load fields");
        assertThat(lines).isEqualTo(expected);
    }
}
