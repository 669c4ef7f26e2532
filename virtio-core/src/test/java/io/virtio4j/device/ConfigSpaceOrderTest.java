// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.RecordingMemory;
import io.virtio4j.testkit.Clause;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The exact sequence of accesses and fences of a change of the configuration, and of a look at it: letter G. */
class ConfigSpaceOrderTest {
    private final RecordedConfig recorded = new RecordedConfig();
    private final RecordingMemory memory = recorded.memory;
    private final ConfigSpace config = recorded.config;

    @Test
    @Clause("CORE-DEV-CFG-GENERATION")
    void aChangeIsTheOddGenerationThenTheFieldsThenTheEvenGenerationWithFencesBetween() {
        assertThat(memory.during(() -> recorded.show(7)))
                .containsExactly(
                        // No letter: the token that every store of a published field demands.
                        "WMB", "opaque store generation", "WMB", "store fields", "WMB", "opaque store generation");
    }

    @Test
    @Clause("CORE-DEV-CFG-GENERATION")
    void theGenerationIsOddWhileTheFieldsAreStored() {
        int before = config.generation();
        List<Integer> atTheFields = new ArrayList<>();
        memory.nameBy((offset, lengthBytes) -> {
            String name = RecordedConfig.name(offset, lengthBytes);
            if (name.equals("fields")) {
                atTheFields.add(config.generation());
            }
            return name;
        });

        recorded.show(7);

        assertThat(atTheFields).containsExactly(before + 1);
        assertThat(before & 1).isZero();
        assertThat(config.generation()).isEqualTo(before + 2);
    }

    /** What the update had written is taken back, and the shared bytes are not touched: a reader can see nothing of it. */
    @Test
    @Clause("CORE-DEV-CFG-GENERATION")
    void aChangeThatThrowsHalfWayStoresNothing() {
        recorded.show(7);

        List<String> lines = memory.during(() -> assertThatThrownBy(() -> config.update(fields -> {
                    fields.putByte(0, 9);
                    throw new IllegalStateException("half-way");
                }))
                .hasMessage("half-way"));

        assertThat(lines).containsExactly("load fields");
        assertThat(config.generation()).isEqualTo(2);
        byte[] bytes = new byte[2];
        config.read(0, bytes);
        assertThat(bytes).containsExactly(7, 7);
        // The next change publishes its own field and what was there before: not the rest of the one that failed.
        config.update(fields -> fields.putByte(1, 8));
        config.read(0, bytes);
        assertThat(bytes).containsExactly(7, 8);
        assertThat(config.generation()).isEqualTo(4);
    }

    /** An error is no reason to publish half of it either. */
    @Test
    void aChangeThatEndsInAnErrorStoresNothing() {
        List<String> lines = memory.during(() -> assertThatThrownBy(() -> config.update(fields -> {
                    fields.putByte(0, 9);
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class));

        assertThat(lines).containsExactly("load fields");
    }

    @Test
    @Clause("CORE-DRV-CFG-GENERATION-LOOP")
    void aReadIsFencedFromTheGenerationsOnBothSides() {
        byte[] bytes = new byte[2];

        List<String> lines = memory.during(() -> {
            config.generation();
            config.read(0, bytes);
            config.generation();
        });

        assertThat(lines)
                .containsExactly(
                        "opaque load generation",
                        "RMB",
                        "load field[0]",
                        "load field[1]",
                        "RMB",
                        "opaque load generation");
    }
}
