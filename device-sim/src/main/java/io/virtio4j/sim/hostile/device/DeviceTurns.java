// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.device.DevicePort.AnswerScript;
import io.virtio4j.sim.hostile.device.DevicePort.UseScript;
import io.virtio4j.transport.CallSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The working half of a scripted device: its queues, and what it does when it has a turn. One thread. */
final class DeviceTurns {
    private static final AnswerScript HONEST_ANSWER = (request, honest) -> Optional.of(honest);
    private static final UseScript HONEST_USE = RawDeviceRing::use;

    private final GuestMemory memory;
    private final HonestDevice device;
    private final Map<Integer, Queue> queues = new TreeMap<>();
    private final List<Kept> keptChains = new ArrayList<>();
    private AnswerScript answer = HONEST_ANSWER;
    private UseScript use = HONEST_USE;
    private Runnable before = DeviceTurns::nothing;
    private Runnable after = DeviceTurns::nothing;
    private Consumer<RawDeviceRing> setUp = ring -> nothing();
    private boolean inTurn;
    private boolean mute;
    private int callsAfterReset;
    private long uses;

    private record Queue(RawDeviceRing ring, CallSink sink) {}

    private record Kept(RawDeviceRing ring, RawChain chain) {
        int queueIndex() {
            return ring.config().index();
        }
    }

    DeviceTurns(GuestMemory memory, HonestDevice device) {
        this.memory = memory;
        this.device = device;
    }

    private static void nothing() {
        // What an honest device does beside its chains.
    }

    void setUp(QueueConfig config, CallSink sink) {
        RawDeviceRing ring = config.format() == RingFormat.PACKED
                ? new RawPackedDevice(memory, config)
                : new RawSplitDevice(memory, config);
        queues.put(config.index(), new Queue(ring, sink));
        setUp.accept(ring);
    }

    /** A queue was reset: nothing of it is touched any more. */
    void drop(int queueIndex) {
        Queue old = queues.remove(queueIndex);
        keptChains.removeIf(kept -> kept.queueIndex() == queueIndex);
        for (int i = 0; i < callsAfterReset && old != null; i++) {
            old.sink.call(queueIndex);
        }
    }

    /** The device was reset. */
    void dropAll() {
        List.copyOf(queues.keySet()).forEach(this::drop);
        keptChains.clear();
    }

    /** Works once, unless it is at work already: a kick may come out of a wait. */
    void turn() {
        if (inTurn) {
            return;
        }
        inTurn = true;
        try {
            before.run();
            for (Map.Entry<Integer, Queue> queue : List.copyOf(queues.entrySet())) {
                serve(queue.getKey(), queue.getValue());
            }
            after.run();
        } finally {
            inTurn = false;
        }
    }

    private void serve(int queueIndex, Queue queue) {
        Optional<RawChain> next = queue.ring.next();
        boolean used = false;
        while (next.isPresent()) {
            RawChain chain = next.get();
            byte[] request = chain.readable();
            byte[] honest = device.answer(queueIndex, request, chain.writableBytes());
            Optional<byte[]> bytes = answer.answer(request, honest.clone());
            if (bytes.isPresent()) {
                chain.write(0, bytes.get());
                use.use(queue.ring, chain, bytes.get().length);
                used = true;
                uses++;
            } else {
                keep(queue.ring, chain);
            }
            next = queue.ring.next();
        }
        if (used && !mute) {
            queue.sink.call(queueIndex);
        }
    }

    /** How many chains were handed to the script that uses them, or used after they were kept. */
    long uses() {
        return uses;
    }

    void keep(RawDeviceRing ring, RawChain chain) {
        keptChains.add(new Kept(ring, chain));
    }

    void muteCalls(boolean newMute) {
        mute = newMute;
    }

    void callAfterReset(int count) {
        callsAfterReset = count;
    }

    void releaseKept() {
        for (Kept kept : List.copyOf(keptChains)) {
            byte[] bytes = device.answer(kept.queueIndex(), kept.chain.readable(), kept.chain.writableBytes());
            kept.chain.write(0, bytes);
            kept.ring.use(kept.chain, bytes.length);
            uses++;
            call(kept.queueIndex());
        }
        keptChains.clear();
    }

    int kept() {
        return keptChains.size();
    }

    Optional<RawDeviceRing> ring(int queueIndex) {
        return Optional.ofNullable(queues.get(queueIndex)).map(queue -> queue.ring);
    }

    /** A call for a queue that is not there goes to whoever hears calls at all. */
    void call(int queueIndex) {
        Queue queue = queues.get(queueIndex);
        if (queue != null) {
            queue.sink.call(queueIndex);
        } else {
            queues.values().forEach(other -> other.sink.call(queueIndex));
        }
    }

    void onAnswer(AnswerScript script) {
        answer = script;
    }

    void onUse(UseScript script) {
        use = script;
    }

    void onSetUp(Consumer<RawDeviceRing> script) {
        setUp = script;
    }

    void onTurn(Runnable turn) {
        before = turn;
    }

    void afterTurn(Runnable turn) {
        after = turn;
    }

    void behave() {
        answer = HONEST_ANSWER;
        use = HONEST_USE;
        before = DeviceTurns::nothing;
        after = DeviceTurns::nothing;
        setUp = ring -> nothing();
        mute = false;
        callsAfterReset = 0;
        releaseKept();
    }
}
