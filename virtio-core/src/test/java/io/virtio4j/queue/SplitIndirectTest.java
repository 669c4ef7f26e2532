// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of a split queue, byte for byte. VirtIO 1.2, 2.7.5.3 Indirect Descriptors. */
class SplitIndirectTest {
    private static final int ENTRIES = 4;
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;
    private static final long DATA = QueuePair.GUEST_BASE;

    private static QueuePair pair(int... featureBits) {
        return QueuePair.of(8, QueuePair.features(RingFormat.SPLIT, featureBits), ENTRIES);
    }

    private static BufferChain threeParts() {
        return new BufferChain(3)
                .addReadable(DATA, 16)
                .addReadable(DATA + 0x100, 32)
                .addWritable(DATA + 0x200, 64);
    }

    @Nested
    class WrittenByOurDriver {
        private final QueuePair pair = pair(FeatureBits.INDIRECT_DESC);

        private long at(QueuePair queue, int table, int entry) {
            return queue.tableAddress - queue.memory.guestAddress() + 16L * (table * ENTRIES + entry);
        }

        private int[] flags(QueuePair queue, int table, int entries) {
            return IntStream.range(0, entries)
                    .map(entry -> queue.memory.getLe16(at(queue, table, entry) + 12))
                    .toArray();
        }

        private int[] nexts(QueuePair queue, int table, int entries) {
            return IntStream.range(0, entries)
                    .map(entry -> queue.memory.getLe16(at(queue, table, entry) + 14))
                    .toArray();
        }

        @Test
        @Clause({"SPLIT-DRV-INDIRECT-NO-NEXT", "SPLIT-INDIRECT-TABLE"})
        void theReferringDescriptorNamesTheTableAndNothingElse() {
            pair.driver.offer(pair.parts(2), 0);
            int head = pair.driver.offer(threeParts(), 1);

            assertThat(pair.rawSplit().descriptorAddress(head))
                    .isEqualTo(DATA + at(pair, head, 0))
                    .isEqualTo(pair.tableAddress + 16L * ENTRIES * head);
            assertThat(pair.rawSplit().descriptorLength(head)).isEqualTo(3 * 16);
            assertThat(pair.rawSplit().descriptorFlags(head)).isEqualTo(INDIRECT);
            assertThat(pair.driver.freeDescriptors()).isEqualTo(6);
        }

        @Test
        @Clause({"SPLIT-INDIRECT-TABLE", "SPLIT-DRV-INDIRECT-NO-NEST", "SPLIT-DRV-READABLE-FIRST"})
        void theTableHoldsThePartsInOrder() {
            int head = pair.driver.offer(threeParts(), 1);

            assertThat(pair.memory.getLe64(at(pair, head, 0))).isEqualTo(DATA);
            assertThat(pair.memory.getLe64(at(pair, head, 1))).isEqualTo(DATA + 0x100);
            assertThat(pair.memory.getLe64(at(pair, head, 2))).isEqualTo(DATA + 0x200);
            assertThat(pair.memory.getLe32(at(pair, head, 0) + 8)).isEqualTo(16);
            assertThat(pair.memory.getLe32(at(pair, head, 1) + 8)).isEqualTo(32);
            assertThat(pair.memory.getLe32(at(pair, head, 2) + 8)).isEqualTo(64);
            assertThat(flags(pair, head, 3)).containsExactly(NEXT, NEXT, WRITE);
        }

        @Test
        @Clause({"SPLIT-DRV-INORDER-INDIRECT-SEQ", "SPLIT-DRV-INDIRECT-NO-NEST"})
        void withInOrderTheEntriesFollowEachOther() {
            QueuePair inOrder = pair(FeatureBits.INDIRECT_DESC, FeatureBits.IN_ORDER);
            for (int lap = 0; lap < 20; lap++) {
                int head = inOrder.driver.offer(inOrder.parts(4), 1);
                assertThat(nexts(inOrder, head, 3)).containsExactly(1, 2, 3);
                assertThat(flags(inOrder, head, 4)).containsExactly(NEXT, NEXT, NEXT, 0);
                inOrder.useAll();
                inOrder.poll();
            }
        }

        @Test
        @Clause("SPLIT-DRV-INDIRECT-NEGOTIATED")
        void withoutTheFeatureTheFlagIsNeverSeenThoughTablesAreThere() {
            QueuePair direct = pair();
            for (int parts = 1; parts <= 8; parts++) {
                int slot = direct.driver.offer(direct.parts(parts), parts);
                for (int part = 0; part < parts; part++) {
                    assertThat(direct.rawSplit().descriptorFlags(slot)).isEqualTo(part < parts - 1 ? NEXT : 0);
                    slot = direct.rawSplit().descriptorNext(slot);
                }
                direct.useAll();
                direct.poll();
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, ENTRIES + 1, 8})
        @Clause("SPLIT-DRV-INDIRECT-NO-NEXT")
        void aChainOfOnePartOrOfMoreThanATableHoldsGoesDirect(int parts) {
            pair.driver.offer(pair.parts(parts), 1);

            for (int slot = 0; slot < parts; slot++) {
                assertThat(pair.rawSplit().descriptorFlags(slot)).isEqualTo(slot < parts - 1 ? NEXT : 0);
            }
            assertThat(pair.driver.freeDescriptors()).isEqualTo(8 - parts);
        }
    }

    @Nested
    class TakenByOurDevice {
        private final QueuePair pair = pair(FeatureBits.INDIRECT_DESC);
        private final RawSplitRing raw = pair.rawSplit();

        private DmaBuffer table(int entries) {
            return pair.buffer(16 * entries);
        }

        private void entry(DmaBuffer table, int entry, long address, int lengthBytes, int flags, int next) {
            pair.memory.putLe64(table.offset() + 16L * entry, address);
            pair.memory.putLe32(table.offset() + 16L * entry + 8, lengthBytes);
            pair.memory.putLe16(table.offset() + 16L * entry + 12, flags);
            pair.memory.putLe16(table.offset() + 16L * entry + 14, next);
        }

        private DescriptorChain take() {
            raw.makeAvailable(0);
            return pair.device.chain(pair.device.next());
        }

        @Test
        @Clause("SPLIT-INDIRECT-TABLE")
        void theTableIsWalkedByNextFromItsFirstEntryToTheFirstWithoutOne() {
            DmaBuffer table = table(5);
            entry(table, 0, DATA + 1, 10, NEXT, 3);
            entry(table, 3, DATA + 2, 20, NEXT, 1);
            entry(table, 1, DATA + 3, 30, WRITE, 4);
            entry(table, 2, DATA + 9, 90, 0, 0);
            entry(table, 4, DATA + 8, 80, WRITE, 0);
            raw.descriptor(0, table.guestAddress(), 5 * 16, INDIRECT, 0);

            DescriptorChain chain = take();

            assertThat(IntStream.range(0, chain.pieces()).mapToLong(chain::pieceOffset))
                    .containsExactly(1L, 2L, 3L);
            assertThat(chain.readableBytes()).isEqualTo(30);
            assertThat(chain.writableBytes()).isEqualTo(30);
        }

        @Test
        @Clause("SPLIT-DEV-INDIRECT-IGNORE-WRITE")
        void writeOnTheReferringDescriptorMeansNothing() {
            DmaBuffer table = table(2);
            entry(table, 0, DATA, 10, NEXT, 1);
            entry(table, 1, DATA, 20, WRITE, 0);
            raw.descriptor(0, table.guestAddress(), 2 * 16, INDIRECT | WRITE, 0);

            DescriptorChain chain = take();

            assertThat(chain.readableBytes()).isEqualTo(10);
            assertThat(chain.writableBytes()).isEqualTo(20);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 5})
        @Clause("SPLIT-DEV-DIRECT-THEN-INDIRECT")
        void directDescriptorsMayComeBeforeTheOneThatRefersToATable(int direct) {
            DmaBuffer table = table(2);
            entry(table, 0, DATA, 100, NEXT, 1);
            entry(table, 1, DATA, 20, WRITE, 0);
            for (int slot = 0; slot < direct; slot++) {
                raw.descriptor(slot, DATA, 1, NEXT, slot + 1);
            }
            raw.descriptor(direct, table.guestAddress(), 2 * 16, INDIRECT, 0);

            DescriptorChain chain = take();

            assertThat(chain.readableBytes()).isEqualTo(direct + 100);
            assertThat(chain.writableBytes()).isEqualTo(20);
            pair.device.complete(chain.handle(), 20);
            pair.device.publish();
            assertThat(raw.usedId(0)).isZero();
            assertThat(raw.usedLength(0)).isEqualTo(20);
            assertThat(raw.usedIdx()).isEqualTo(1);
        }

        @Test
        @Clause({"SPLIT-DEV-DIRECT-THEN-INDIRECT", "SPLIT-DEV-INDIRECT-IGNORE-WRITE"})
        void theTableOfAWritableDescriptorMayFollowAReadableOne() {
            DmaBuffer table = table(1);
            entry(table, 0, DATA, 20, 0, 0);
            raw.descriptor(0, DATA, 1, NEXT, 7);
            raw.descriptor(7, table.guestAddress(), 16, INDIRECT | WRITE, 0);

            assertThat(take().readableBytes()).isEqualTo(21);
        }
    }
}
