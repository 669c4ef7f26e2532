// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import org.junit.jupiter.api.Test;

class RingPartTest {
    @Test
    void aPartOfARingIsFoundInItsRegion() {
        SharedMemory memory = SharedMemory.allocate(4096, 0x1_0000);

        RingPart part = RingPart.find("descriptor table", GuestMemory.of(memory), 0x1_0100, 256, 16);

        assertThat(part.memory()).isSameAs(memory);
        assertThat(part.offset()).isEqualTo(0x100);
    }

    @Test
    void aGuestAddressThatIsNotAlignedIsRefused() {
        GuestMemory guest = GuestMemory.of(SharedMemory.allocate(4096, 0x1_0000));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> RingPart.find("used ring", guest, 0x1_0102, 6, 4))
                .withMessageContaining("used ring at 0x10102 is not aligned to 4 bytes");
    }

    @Test
    void memoryThatIsNotAlignedWhereTheGuestAddressIsIsRefused() {
        GuestMemory guest = GuestMemory.of(SharedMemory.allocate(4096, 0x1_0001));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> RingPart.find("used ring", guest, 0x1_0100, 6, 4))
                .withMessageContaining("used ring at 0x10100 lies at offset 255")
                .withMessageContaining("not aligned to 4 bytes");
    }

    @Test
    void aPartThatLiesInTwoRegionsIsRefused() {
        GuestMemory guest =
                GuestMemory.of(SharedMemory.allocate(4096, 0x1_0000), SharedMemory.allocate(4096, 0x1_1000));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> RingPart.find("descriptor table", guest, 0x1_0FF0, 32, 16))
                .withMessageContaining("0x10ff0")
                .withMessageContaining("32 bytes");
    }
}
