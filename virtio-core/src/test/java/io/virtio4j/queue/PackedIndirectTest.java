// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of a packed queue, byte for byte. VirtIO 1.2, 2.8.7 and 2.8.19. */
class PackedIndirectTest {
    private static final int ENTRIES = 4;
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;
    private static final long DATA = QueuePair.GUEST_BASE;

    private static QueuePair pair(int size, int... featureBits) {
        return QueuePair.of(size, QueuePair.features(RingFormat.PACKED, featureBits), ENTRIES);
    }

    @Nested
    class WrittenByOurDriver {
        private final QueuePair pair = pair(8, FeatureBits.INDIRECT_DESC);
        private final RawPackedRing raw = pair.rawPacked();

        private long at(int table, int entry) {
            return pair.tableAddress - pair.memory.guestAddress() + 16L * (table * ENTRIES + entry);
        }

        @Test
        @Clause({"PACKED-DRV-INDIRECT-NO-NEXT", "PACKED-LIST-ONE-KIND"})
        void theReferringDescriptorNamesTheTableAndNothingElse() {
            pair.driver.offer(pair.parts(2), 0);
            int id = pair.driver.offer(pair.parts(3), 1);

            assertThat(raw.address(1)).isEqualTo(pair.tableAddress + 16L * ENTRIES * id);
            assertThat(raw.length(1)).isEqualTo(3 * 16);
            assertThat(raw.flags(1)).isEqualTo(INDIRECT | raw.availBits(1));
            assertThat(raw.id(1)).isEqualTo(id);
            assertThat(pair.driver.freeDescriptors()).isEqualTo(6);
        }

        @Test
        @Clause({"PACKED-DRV-INDIRECT-ONLY-WRITE-FLAG", "PACKED-INDIRECT-TABLE", "PACKED-DRV-READABLE-FIRST"})
        void theTableHoldsThePartsInOrderAndNoFlagButWrite() {
            for (int lap = 0; lap < 20; lap++) {
                // Not the first table, so that a number that is 0 there shows.
                pair.driver.offer(pair.parts(2), 0);
                int id = pair.driver.offer(
                        new BufferChain(3)
                                .addReadable(DATA, 16)
                                .addWritable(DATA + 0x100, 32)
                                .addWritable(DATA + 0x200, 64),
                        1);

                for (int entry = 0; entry < 3; entry++) {
                    assertThat(pair.memory.getLe64(at(id, entry))).isEqualTo(DATA + 0x100L * entry);
                    assertThat(pair.memory.getLe32(at(id, entry) + 8)).isEqualTo(16 << entry);
                    assertThat(pair.memory.getLe16(at(id, entry) + 12)).isZero();
                    assertThat(pair.memory.getLe16(at(id, entry) + 14)).isEqualTo(entry > 0 ? WRITE : 0);
                }
                pair.useAll();
                pair.poll();
            }
        }

        @Test
        @Clause("PACKED-DRV-INDIRECT-NEGOTIATED")
        void withoutTheFeatureTheFlagIsNeverSeenThoughTablesAreThere() {
            QueuePair direct = pair(8);
            for (int parts = 1; parts <= 8; parts++) {
                direct.driver.offer(direct.parts(parts), parts);
                for (int slot = 0; slot < 8; slot++) {
                    assertThat(direct.rawPacked().flags(slot) & INDIRECT).isZero();
                }
                direct.useAll();
                direct.poll();
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, ENTRIES + 1, 8})
        @Clause({"PACKED-LIST-ONE-KIND", "PACKED-DRV-INDIRECT-NO-NEXT"})
        void aListOfOnePartOrOfMoreThanATableHoldsIsAllDirect(int parts) {
            pair.driver.offer(pair.parts(parts), 1);

            for (int slot = 0; slot < parts; slot++) {
                assertThat(raw.flags(slot)).isEqualTo(raw.availBits(slot) | (slot < parts - 1 ? NEXT : 0));
            }
            assertThat(pair.driver.freeDescriptors()).isEqualTo(8 - parts);
        }

        /** Where nobody sets another limit it is the queue's size, in a table too. */
        @Test
        @Clause({"PACKED-DRV-INDIRECT-LE-LIMIT", "PACKED-LIST-LIMIT-DEFAULT"})
        void aTableIsNotFilledBeyondTheQueueSizeThoughItHasRoom() {
            QueuePair small = pair(3, FeatureBits.INDIRECT_DESC);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> small.driver.add(small.parts(4), 0))
                    .withMessageContaining("1..3");
            small.driver.offer(small.parts(3), 0);
            assertThat(small.device.chain(small.device.next()).readableBytes()).isEqualTo(3);
        }
    }

    @Nested
    class TakenByOurDevice {
        private final QueuePair pair = pair(8, FeatureBits.INDIRECT_DESC);
        private final RawPackedRing raw = pair.rawPacked();

        private DmaBuffer table(int entries) {
            return pair.buffer(16 * entries);
        }

        private void entry(DmaBuffer table, int entry, long address, int lengthBytes, int id, int flags) {
            pair.memory.putLe64(table.offset() + 16L * entry, address);
            pair.memory.putLe32(table.offset() + 16L * entry + 8, lengthBytes);
            pair.memory.putLe16(table.offset() + 16L * entry + 12, id);
            pair.memory.putLe16(table.offset() + 16L * entry + 14, flags);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, NEXT, INDIRECT, NEXT | INDIRECT, 0x0080, 0x8000, 0xFFFD})
        @Clause("PACKED-INDIRECT-TABLE")
        void idsAndAllFlagsButWriteMeanNothingInATable(int junk) {
            DmaBuffer table = table(4);
            entry(table, 0, DATA + 1, 10, 0xFFFF, junk);
            entry(table, 1, DATA + 2, 20, 0x1234, junk);
            entry(table, 2, DATA + 3, 30, 0x4321, junk | WRITE);
            entry(table, 3, DATA + 4, 40, 0, junk | WRITE);
            raw.makeAvailable(table.guestAddress(), 4 * 16, 77, INDIRECT);

            DescriptorChain chain = pair.device.chain(pair.device.next());

            assertThat(IntStream.range(0, chain.pieces()).mapToLong(chain::pieceOffset))
                    .containsExactly(1L, 2L, 3L, 4L);
            assertThat(chain.readableBytes()).isEqualTo(30);
            assertThat(chain.writableBytes()).isEqualTo(70);
            pair.device.complete(chain.handle(), 70);
            pair.device.publish();
            assertThat(raw.id(0)).isEqualTo(77);
            assertThat(raw.length(0)).isEqualTo(70);
            assertThat(raw.isUsed(0)).isTrue();
        }

        @Test
        @Clause("PACKED-DEV-INDIRECT-IGNORE-WRITE")
        void writeOnTheReferringDescriptorMeansNothing() {
            DmaBuffer table = table(2);
            entry(table, 0, DATA, 10, 0, 0);
            entry(table, 1, DATA, 20, 0, WRITE);
            raw.makeAvailable(table.guestAddress(), 2 * 16, 1, INDIRECT | WRITE);

            DescriptorChain chain = pair.device.chain(pair.device.next());

            assertThat(chain.readableBytes()).isEqualTo(10);
            assertThat(chain.writableBytes()).isEqualTo(20);
        }

        @Test
        @Clause("PACKED-LIST-ONE-KIND")
        void listsOfBothKindsMayFollowEachOther() {
            DmaBuffer table = table(1);
            entry(table, 0, DATA, 10, 0, 0);
            raw.makeAvailable(DATA, 1, 0, NEXT);
            raw.makeAvailable(DATA, 1, 0, 0);
            raw.makeAvailable(table.guestAddress(), 16, 1, INDIRECT);
            raw.makeAvailable(DATA, 3, 2, 0);

            assertThat(pair.device.chain(pair.device.next()).readableBytes()).isEqualTo(2);
            assertThat(pair.device.chain(pair.device.next()).readableBytes()).isEqualTo(10);
            assertThat(pair.device.chain(pair.device.next()).readableBytes()).isEqualTo(3);
            assertThat(pair.device.next()).isEqualTo(DeviceQueue.EMPTY);
        }

        @ParameterizedTest
        @ValueSource(ints = {8, 9})
        @Clause("PACKED-DEV-LIST-LIMIT")
        void aTableHasAtMostAsManyEntriesAsTheQueueHasDescriptors(int entries) {
            DmaBuffer table = table(entries);
            for (int entry = 0; entry < entries; entry++) {
                entry(table, entry, DATA, 1, 0, 0);
            }
            raw.makeAvailable(table.guestAddress(), 16L * entries, 1, INDIRECT);

            assertThat(pair.device.next() >= 0).isEqualTo(entries == 8);

            assertThat(pair.device.isBroken()).isEqualTo(entries == 9);
        }
    }
}
