// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.queue.QueuePair.Used;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What a queue does, said with lists and counts that never wrap, and checked after every operation against both halves
 * and the bytes between them.
 */
final class RingModel {
    /** An operation; what its two numbers mean depends on it. */
    record Op(Kind kind, int a, int b) {}

    enum Kind {
        ADD,
        PUBLISH,
        KICK,
        POLL,
        ENABLE_CALLBACKS,
        DISABLE_CALLBACKS,
        TAKE,
        COMPLETE,
        DEVICE_PUBLISH,
        CALL,
        ENABLE_NOTIFICATIONS,
        DISABLE_NOTIFICATIONS
    }

    private static final int PART_BYTES = 100;

    /** A chain on its way round. */
    private static final class Chain {
        final long token;
        final int parts;
        final int writableBytes;
        final int descriptors;
        int handle;
        long written = -1;

        Chain(long token, int parts, int writableBytes, int descriptors) {
            this.token = token;
            this.parts = parts;
            this.writableBytes = writableBytes;
            this.descriptors = descriptors;
        }
    }

    private final QueuePair pair;
    private final int size;
    private final int tableEntries;
    private final boolean packed;

    private long nextToken;
    private int freeDescriptors;
    private final List<Chain> added = new ArrayList<>();
    private final Deque<Chain> available = new ArrayDeque<>();
    private final List<Chain> taken = new ArrayList<>();
    private final List<Chain> completed = new ArrayList<>();
    private final Deque<Chain> used = new ArrayDeque<>();

    /** Positions: a split ring's count chains, a packed ring's count slots. */
    private long availCount;

    private long availAsked;
    private long takenCount;
    private long usedCount;
    private long usedAsked;
    private long polledCount;
    private Wish kickWish;
    private Wish callWish;
    private long availEvent;
    private long usedEvent;

    /** What a side has asked of the other. */
    private enum Wish {
        ALWAYS,
        NEVER,
        AT_EVENT
    }

    RingModel(QueuePair pair, int tableEntries, int start) {
        this.pair = pair;
        this.size = pair.config.size();
        this.tableEntries = tableEntries;
        this.packed = pair.config.format() == RingFormat.PACKED;
        this.freeDescriptors = size;
        // A split ring's event fields start at 0 and count from the start; a packed ring's say ENABLE.
        this.kickWish = packed || !pair.config.eventIdx() ? Wish.ALWAYS : Wish.AT_EVENT;
        this.callWish = kickWish;
        pair.runTo(start);
        pair.driver.kickNeeded();
        pair.device.callNeeded();
        availCount = start;
        availAsked = start;
        takenCount = start;
        usedCount = start;
        usedAsked = start;
        polledCount = start;
    }

    void run(List<Op> operations) {
        for (Op op : operations) {
            switch (op.kind) {
                case ADD -> add(op.a, op.b);
                case PUBLISH -> publish();
                case KICK -> kick();
                case POLL -> poll(1 + op.a);
                case ENABLE_CALLBACKS -> enableCallbacks();
                case DISABLE_CALLBACKS -> disableCallbacks();
                case TAKE -> take();
                case COMPLETE -> complete(op.a, op.b);
                case DEVICE_PUBLISH -> devicePublish();
                case CALL -> call();
                case ENABLE_NOTIFICATIONS -> enableNotifications();
                case DISABLE_NOTIFICATIONS -> disableNotifications();
            }
            checkState();
        }
    }

    private void add(int readable, int writable) {
        int parts = Math.min(Math.max(readable + writable, 1), size);
        int readableParts = Math.min(readable, parts);
        BufferChain chain = new BufferChain(parts);
        for (int i = 0; i < parts; i++) {
            if (i < readableParts) {
                chain.addReadable(QueuePair.GUEST_BASE, PART_BYTES);
            } else {
                chain.addWritable(QueuePair.GUEST_BASE, PART_BYTES);
            }
        }
        int descriptors = parts > 1 && parts <= tableEntries ? 1 : parts;
        int id = pair.driver.add(chain, nextToken);
        if (descriptors > freeDescriptors) {
            assertThat(id).isEqualTo(DriverQueue.FULL);
        } else {
            assertThat(id).isNotNegative();
            added.add(new Chain(nextToken, parts, (parts - readableParts) * PART_BYTES, descriptors));
            freeDescriptors -= descriptors;
            nextToken++;
        }
    }

    private void publish() {
        pair.driver.publish();
        available.addAll(added);
        availCount += positions(added);
        added.clear();
    }

    private void kick() {
        boolean wanted = isWanted(kickWish, availEvent, availAsked, availCount);
        assertThat(pair.driver.kickNeeded()).isEqualTo(availAsked != availCount && wanted);
        availAsked = availCount;
    }

    /** A poll need not take all there is: it may stop at the index that it has seen. It takes something if there is. */
    private void poll(int limit) {
        List<Used> actual = new ArrayList<>();
        int count = pair.driver.poll((token, written) -> actual.add(new Used(token, written)), limit);
        assertThat(count).isEqualTo(actual.size()).isBetween(used.isEmpty() ? 0 : 1, Math.min(limit, used.size()));
        for (Used buffer : actual) {
            Chain chain = used.remove();
            assertThat(buffer).isEqualTo(new Used(chain.token, chain.written));
            freeDescriptors += chain.descriptors;
            polledCount += positions(chain);
        }
    }

    private void enableCallbacks() {
        assertThat(pair.driver.enableCallbacks()).isEqualTo(used.isEmpty());
        callWish = pair.config.eventIdx() ? Wish.AT_EVENT : Wish.ALWAYS;
        usedEvent = polledCount;
    }

    private void disableCallbacks() {
        pair.driver.disableCallbacks();
        callWish = pair.config.eventIdx() && !packed ? Wish.AT_EVENT : Wish.NEVER;
        usedEvent = polledCount - 1;
    }

    private void take() {
        int handle = pair.device.next();
        if (available.isEmpty()) {
            assertThat(handle).isEqualTo(DeviceQueue.EMPTY);
            return;
        }
        Chain chain = available.remove();
        chain.handle = handle;
        assertThat(pair.device.chain(handle).writableBytes()).isEqualTo(chain.writableBytes);
        assertThat(pair.device.chain(handle).readableBytes()).isEqualTo(chain.parts * PART_BYTES - chain.writableBytes);
        taken.add(chain);
        takenCount += positions(chain);
    }

    private void complete(int which, int percent) {
        List<Chain> open = taken.stream().filter(chain -> chain.written < 0).toList();
        if (open.isEmpty()) {
            return;
        }
        Chain chain = open.get(which % open.size());
        chain.written = (long) chain.writableBytes * Math.min(percent, 100) / 100;
        pair.device.complete(chain.handle, chain.written);
        if (!pair.config.inOrder()) {
            taken.remove(chain);
            completed.add(chain);
        } else {
            while (!taken.isEmpty() && taken.get(0).written >= 0) {
                completed.add(taken.remove(0));
            }
        }
    }

    private void devicePublish() {
        pair.device.publish();
        used.addAll(completed);
        usedCount += positions(completed);
        completed.clear();
    }

    private void call() {
        boolean wanted = isWanted(callWish, usedEvent, usedAsked, usedCount);
        assertThat(pair.device.callNeeded()).isEqualTo(usedAsked != usedCount && wanted);
        usedAsked = usedCount;
    }

    private void enableNotifications() {
        assertThat(pair.device.enableNotifications()).isEqualTo(available.isEmpty());
        kickWish = pair.config.eventIdx() ? Wish.AT_EVENT : Wish.ALWAYS;
        availEvent = takenCount;
    }

    private void disableNotifications() {
        pair.device.disableNotifications();
        kickWish = pair.config.eventIdx() && !packed ? Wish.AT_EVENT : Wish.NEVER;
        availEvent = takenCount - 1;
    }

    private int positions(Chain chain) {
        return packed ? chain.descriptors : 1;
    }

    private int positions(List<Chain> chains) {
        return chains.stream().mapToInt(this::positions).sum();
    }

    private boolean isWanted(Wish wish, long event, long asked, long published) {
        return switch (wish) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AT_EVENT -> holds(event, asked, published);
        };
    }

    /**
     * Whether the position asked for is among those published since the last question. A split event names a position by
     * its low 16 bits; a packed one by slot and wrap counter, and a whole lap holds every slot.
     */
    private boolean holds(long event, long asked, long published) {
        if (packed && published - asked >= size) {
            return true;
        }
        long repeats = packed ? 2L * size : 1 << 16;
        for (long position = asked; position < published; position++) {
            if ((position - event) % repeats == 0) {
                return true;
            }
        }
        return false;
    }

    private void checkState() {
        assertThat(pair.driver.freeDescriptors()).isEqualTo(freeDescriptors);
        int open = (int) taken.stream().filter(chain -> chain.written < 0).count();
        assertThat(pair.device.inFlight()).isEqualTo(open);
        assertThat(pair.driver.inFlight())
                .isEqualTo(added.size() + available.size() + taken.size() + completed.size() + used.size());
        if (packed) {
            checkSlots();
        } else {
            assertThat(pair.rawSplit().availIdx()).isEqualTo((int) (availCount & 0xFFFF));
            assertThat(pair.rawSplit().usedIdx()).isEqualTo((int) (usedCount & 0xFFFF));
        }
        assertThat(pair.driverErrors).isEmpty();
        assertThat(pair.deviceErrors).isEmpty();
    }

    /** What either side may look at next is there exactly when the model says so. */
    private void checkSlots() {
        RawPackedRing raw = pair.rawPacked();
        assertThat(raw.isAvail(takenCount)).isEqualTo(!available.isEmpty());
        assertThat(raw.isAvail(availCount)).isFalse();
        // Within a batch of an in-order device only the first slot holds a used descriptor.
        if (!pair.config.inOrder()) {
            assertThat(raw.isUsed(polledCount)).isEqualTo(!used.isEmpty());
        }
        assertThat(raw.isUsed(usedCount)).isFalse();
        assertThat(raw.driverFlags()).isBetween(0, pair.config.eventIdx() ? 2 : 1);
        assertThat(raw.deviceFlags()).isBetween(0, pair.config.eventIdx() ? 2 : 1);
    }

    /** Brings everything home, and checks that all of it came. */
    void finish() {
        publish();
        while (!available.isEmpty()) {
            take();
        }
        while (pair.device.inFlight() > 0) {
            complete(0, 100);
        }
        devicePublish();
        while (!used.isEmpty()) {
            poll(size);
        }
        checkState();
        assertThat(freeDescriptors).isEqualTo(size);
    }
}
