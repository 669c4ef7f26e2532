// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No access leaves its region, whatever the numbers. */
final class SharedMemoryBoundsTest {
    private final SharedMemory memory = SharedMemory.allocate(64, 0);

    @ParameterizedTest
    @CsvSource({
        "0, 65",
        "1, 64",
        "64, 1",
        "-1, 1",
        "0, -1",
        "9223372036854775807, 1",
        "1, 9223372036854775807",
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, -9223372036854775808",
        "-9223372036854775808, 9223372036854775807",
    })
    void anAccessThatLeavesTheRegionIsRefused(long offset, long lengthBytes) {
        assertThatThrownBy(() -> memory.fill(offset, lengthBytes, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.copyTo(offset, memory, 0, lengthBytes))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.copyTo(0, memory, offset, lengthBytes))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** A region shorter than the access, and an offset with which the difference of the two comes round to a positive one. */
    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MAX_VALUE - 3, 0, -1, Long.MIN_VALUE})
    void anAccessLongerThanItsRegionIsRefused(long offset) {
        SharedMemory tiny = SharedMemory.allocate(1, 0);
        assertThatThrownBy(() -> tiny.getLe64(offset)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tiny.putLe64(offset, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tiny.getLe32(offset)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tiny.putLe32(offset, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tiny.getLe16(offset)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tiny.putLe16(offset, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
