// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.testkit.Clause;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The fields of a device's configuration and the generation that guards them. */
class ConfigSpaceTest {
    private final ConfigSpace config = new ConfigSpace(16);

    private byte[] bytes() {
        byte[] bytes = new byte[config.lengthBytes()];
        config.read(0, bytes);
        return bytes;
    }

    @Test
    @Clause("CORE-DEV-CFG-GENERATION")
    void everyUpdateMovesTheGenerationFromOneEvenValueToAnother() {
        int before = config.generation();
        config.update(fields -> fields.putByte(0, 1));
        int after = config.generation();

        assertThat(before & 1).isZero();
        assertThat(after & 1).isZero();
        assertThat(after).isNotEqualTo(before);
    }

    @Test
    void theFieldsAreLittleEndianAndStayWhenOthersChange() {
        config.update(fields -> {
            fields.putByte(0, 0x1FF);
            fields.putLe16(2, 0x10203);
            fields.putLe32(4, 0x0405_0607);
        });
        config.update(fields -> fields.putLe64(8, 0x0102_0304_0506_0708L));

        assertThat(bytes()).containsExactly(-1, 0, 3, 2, 7, 6, 5, 4, 8, 7, 6, 5, 4, 3, 2, 1);
    }

    @Test
    void nothingIsSeenOfAnUpdateBeforeItsEnd() {
        int before = config.generation();
        config.update(fields -> {
            fields.putLe32(0, -1);
            assertThat(bytes()).containsOnly(0);
            assertThat(config.generation()).isEqualTo(before);
        });
        assertThat(bytes()).startsWith(-1, -1, -1, -1, 0);
    }

    @Test
    void anUpdateThatThrowsChangesNothing() {
        config.update(fields -> fields.putLe32(0, 0x01010101));
        int before = config.generation();

        assertThatThrownBy(() -> config.update(fields -> {
                    fields.putLe32(0, -1);
                    fields.putLe32(14, -1);
                }))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("offset 14");

        assertThat(config.generation()).isEqualTo(before);
        assertThat(bytes()).startsWith(1, 1, 1, 1, 0);
        // Nor does the next update bring back what the failed one wrote.
        config.update(fields -> fields.putByte(8, 5));
        assertThat(bytes()).containsExactly(1, 1, 1, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void fieldsThatOutliveTheirUpdateAreRefused() {
        List<ConfigSpace.Fields> kept = new ArrayList<>();
        config.update(kept::add);

        assertThatIllegalStateException().isThrownBy(() -> kept.get(0).putByte(0, 1));
        config.update(fields ->
                assertThatIllegalStateException().isThrownBy(() -> kept.get(0).putLe64(0, 1)));

        assertThat(bytes()).containsOnly(0);
    }

    @Test
    void anUpdateWithinAnUpdateIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> config.update(fields -> config.update(inner -> inner.putByte(0, 1))));
        config.update(fields -> fields.putByte(1, 2));

        assertThat(bytes()).startsWith(0, 2);
    }

    @Property(tries = 300)
    void accessOutsideIsRefused(
            @ForAll @IntRange(min = -20, max = 40) int offset, @ForAll @IntRange(max = 20) int lengthBytes) {
        byte[] destination = new byte[lengthBytes];
        if (offset >= 0 && offset + lengthBytes <= 16) {
            config.read(offset, destination);
            assertThat(destination).hasSize(lengthBytes);
        } else {
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> config.read(offset, destination))
                    .withMessageContaining("offset " + offset);
        }
    }

    @Test
    void aConfigurationMayBeEmptyAndNotLess() {
        ConfigSpace empty = new ConfigSpace(0);
        empty.update(fields -> {});
        empty.read(0, new byte[0]);

        assertThat(empty.generation()).isNotZero();
        assertThatIllegalArgumentException().isThrownBy(() -> new ConfigSpace(-1));
    }

    @Test
    @Clause({"CORE-DEV-CFG-GENERATION", "CORE-DRV-CFG-GENERATION-LOOP"})
    void aReaderThatSawOneEvenGenerationTwiceSawOneStateAndATornReadShows() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        Thread device = new Thread(
                () -> {
                    for (long value = 1; !stop.get(); value++) {
                        long both = value;
                        config.update(fields -> {
                            fields.putLe64(0, both);
                            fields.putLe64(8, both);
                        });
                    }
                },
                "device");
        device.start();
        byte[] read = new byte[16];
        int whole = 0;
        try {
            long deadlineNanos = System.nanoTime() + 60_000_000_000L;
            while (whole < 20_000 && System.nanoTime() - deadlineNanos < 0) {
                int before = config.generation();
                config.read(0, read);
                if ((before & 1) == 0 && config.generation() == before) {
                    whole++;
                    assertThat(Arrays.equals(read, 0, 8, read, 8, 16)).isTrue();
                }
            }
        } finally {
            stop.set(true);
            device.join();
        }
        assertThat(whole).isEqualTo(20_000);
    }
}
