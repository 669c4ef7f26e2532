// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Null is no proof of a fence. */
class NullTokenTest {

    static Stream<Named<Consumer<SharedMemory>>> guardedAccesses() {
        return Stream.of(
                access("16-bit publication", memory -> memory.putLe16Opaque((Wmb) null, 0, -1)),
                access("32-bit publication", memory -> memory.putLe32Opaque((Wmb) null, 0, -1)),
                access("16-bit load behind a full barrier", memory -> memory.getLe16Opaque((Mb) null, 0)),
                access("32-bit load behind a full barrier", memory -> memory.getLe32Opaque((Mb) null, 0)),
                access("16-bit load behind a read barrier", memory -> memory.getLe16((Rmb) null, 0)),
                access("32-bit load behind a read barrier", memory -> memory.getLe32((Rmb) null, 0)),
                access("64-bit load behind a read barrier", memory -> memory.getLe64((Rmb) null, 0)));
    }

    private static Named<Consumer<SharedMemory>> access(String name, Consumer<SharedMemory> access) {
        return Named.of(name, access);
    }

    @ParameterizedTest
    @MethodSource("guardedAccesses")
    void aGuardedAccessWithNullThrowsAndTouchesNothing(Consumer<SharedMemory> access) {
        SharedMemory memory = SharedMemory.allocate(64, 0);

        assertThatNullPointerException().isThrownBy(() -> access.accept(memory));

        assertThat(memory.getLe64(0)).isZero();
    }
}
