// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * The queues of one session, each in one of these places:
 *
 * <pre>
 *   configured --start--&gt; served --stop---&gt; stopping --the device has let go--&gt; saved --restart--&gt; served
 *                                --reset--&gt;          --the device has let go--&gt; reset --restart--&gt; served
 * </pre>
 *
 * <p>Where {@link QueueWorkers workers} serve, a queue that is stopping is first let go of by its worker, then by the device.
 *
 * <p>One thread, the device's. An exception out of the device, or for a queue that cannot be as the driver says, goes to
 * the session.
 */
final class SessionQueues {
    private static final DeviceQueue[] NO_QUEUES = {};

    private final VirtioDevice device;
    /** In which queues that are set up from here on lie. */
    private GuestMemory memory;

    private final ErrorHandler errorHandler;
    private final TreeMap<Integer, Setup> configured = new TreeMap<>();

    /** By index. An array, since the device's thread walks over it again and again. */
    private DeviceQueue[] served = NO_QUEUES;

    private QueueWorkers workers = QueueWorkers.NONE;

    private final TreeMap<Integer, DeviceQueue> stopping = new TreeMap<>();

    /** Those of {@link #stopping} that the driver has reset. */
    private final TreeSet<Integer> resetting = new TreeSet<>();

    /** Stopped by a reset of the driver's: may begin anew. */
    private final TreeSet<Integer> reset = new TreeSet<>();

    /** Stopped where they stood: may go on from a state, and only so. */
    private final TreeSet<Integer> saved = new TreeSet<>();

    /** Where those stand that were stopped and not reset. */
    private final TreeMap<Integer, QueueState> states = new TreeMap<>();

    /** As the driver wrote it: nothing of it is checked before the queue is made. */
    record Setup(
            int index,
            int size,
            QueueAddresses addresses,
            CallSink callSink,
            @Nullable QueueState state) {}

    SessionQueues(VirtioDevice device, GuestMemory memory, ErrorHandler errorHandler) {
        this.device = device;
        this.memory = memory;
        this.errorHandler = errorHandler;
    }

    /** From here on workers serve. Before the first queue is started. */
    void handOver(QueueWorkers newWorkers) {
        workers = newWorkers;
    }

    QueueWorkers workers() {
        return workers;
    }

    /** What the session's own thread is to serve. */
    DeviceQueue[] servedHere() {
        return workers.isEmpty() ? served : NO_QUEUES;
    }

    /** The device needs a reset: nothing is served, and the session does not wait for that. */
    void halt() {
        workers.order(NO_QUEUES);
    }

    int inFlight() {
        return Stream.concat(Arrays.stream(served), stopping.values().stream())
                .mapToInt(DeviceQueue::inFlight)
                .sum();
    }

    void configure(Setup setup) {
        configured.put(setup.index(), setup);
    }

    void start(Features negotiated) {
        served = configured.values().stream()
                .map(setup -> create(setup, negotiated))
                .toArray(DeviceQueue[]::new);
        device.start(negotiated, List.of(served));
        configured.values().forEach(this::callIfInDoubt);
        workers.order(served);
    }

    boolean isReset(int index) {
        return reset.contains(index);
    }

    void use(GuestMemory newMemory) {
        memory = newMemory;
    }

    /**
     * A queue that was not reset has chains that the driver waits for: from its beginning it would lose them. One that was never
     * here may come from elsewhere.
     */
    boolean canRestart(int index, boolean fromState) {
        return reset.contains(index) || (fromState && (saved.contains(index) || !isHere(index)));
    }

    private boolean isHere(int index) {
        return find(index) != null || stopping.containsKey(index);
    }

    /**
     * From here on the queue does nothing, whoever still holds it; it counts as stopped when the device has let go. What a
     * worker is in the middle of, it ends first.
     */
    void reset(int index) {
        states.remove(index);
        stop(index);
        if (stopping.containsKey(index)) {
            resetting.add(index);
            letGo();
        } else if (saved.remove(index)) {
            reset.add(index);
        }
    }

    /** From here on no chain is taken; the queue stands still when the device has let go. */
    void stop(int index) {
        DeviceQueue queue = find(index);
        if (queue != null) {
            served = Arrays.stream(served).filter(other -> other != queue).toArray(DeviceQueue[]::new);
            workers.order(served);
            stopping.put(index, queue);
        }
    }

    Optional<QueueState> state(int index) {
        return Optional.ofNullable(states.get(index));
    }

    /**
     * Asks workers and device again to let go of queues that they could not let go of before.
     *
     * @return whether a queue that was to be saved turns out broken: it stands nowhere, and only a reset helps
     */
    boolean letGo() {
        if (stopping.isEmpty()) {
            return false;
        }
        stopping.values().removeIf(this::letGo);
        return stopping.values().stream().anyMatch(this::isBrokenByDriver);
    }

    /** A queue that is being reset is mute, and not broken. */
    private boolean isBrokenByDriver(DeviceQueue queue) {
        int index = queue.config().index();
        return workers.hasLetGoOf(index) && queue.isBroken() && !resetting.contains(index);
    }

    private boolean letGo(DeviceQueue queue) {
        int index = queue.config().index();
        if (!workers.hasLetGoOf(index)) {
            return false;
        }
        if (resetting.contains(index)) {
            queue.retire();
        }
        if (!device.onQueueStop(index) || isBrokenByDriver(queue)) {
            return false;
        }
        if (resetting.remove(index)) {
            reset.add(index);
        } else {
            saved.add(index);
            states.put(index, queue.stop());
        }
        return true;
    }

    /** Starts a stopped queue: as if it were new, or where a state says. */
    void restart(Setup setup, Features negotiated) {
        DeviceQueue queue = create(setup, negotiated);
        reset.remove(setup.index());
        saved.remove(setup.index());
        states.remove(setup.index());
        DeviceQueue[] more = Arrays.copyOf(served, served.length + 1);
        more[served.length] = queue;
        Arrays.sort(more, (a, b) -> a.config().index() - b.config().index());
        served = more;
        device.onQueueStart(queue);
        callIfInDoubt(setup);
        workers.order(served);
    }

    /** What the driver was shown before the queue stopped it may not have been called for. */
    private void callIfInDoubt(Setup setup) {
        DeviceQueue queue = find(setup.index());
        if (setup.state() != null && queue != null) {
            queue.flush();
        }
    }

    /**
     * No queue does anything any more, and none is known.
     *
     * @throws ResetIncompleteException if a worker does not let go of its queues; then nothing is forgotten
     */
    void clear() {
        workers.takeBackAll();
        for (DeviceQueue queue : served) {
            queue.retire();
        }
        served = NO_QUEUES;
        configured.clear();
        stopping.values().forEach(DeviceQueue::retire);
        stopping.clear();
        resetting.clear();
        reset.clear();
        saved.clear();
        states.clear();
    }

    private DeviceQueue create(Setup setup, Features negotiated) {
        int index = setup.index();
        int max = index >= 0 && index < device.queueCount() ? device.maxQueueSize(index) : 0;
        if (setup.size() > max) {
            throw new IllegalArgumentException(
                    "queue " + index + " takes at most " + max + " descriptors, not " + setup.size());
        }
        QueueConfig config = new QueueConfig(index, setup.size(), negotiated, setup.addresses());
        QueueState state = setup.state();
        return state == null
                ? DeviceQueue.create(config, memory, setup.callSink(), errorHandler)
                : DeviceQueue.resume(config, memory, state, setup.callSink(), errorHandler);
    }

    private @Nullable DeviceQueue find(int index) {
        for (DeviceQueue queue : served) {
            if (queue.config().index() == index) {
                return queue;
            }
        }
        return null;
    }
}
