// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The suites' driver of one queue: sends numbered requests, and checks each byte that comes back. */
final class ContractDriver {
    static final int INDEX = 1;
    static final int TABLE_ENTRIES = 8;
    private static final int SLOT_BYTES = 128;
    private static final int RESPONSE_AT = 64;
    private static final int UNTOUCHED = 0xEE;

    /** The bound on every wait: nothing that works comes near it. */
    private static final long WATCHDOG_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ContractRig rig;
    private final SharedMemory memory;
    private final DmaArena arena;
    private final DmaBuffer slab;
    private final Features features;
    private final int index;
    private final int size;
    private final Thread thread = Thread.currentThread();
    private final Map<Long, Expected> inFlight = new HashMap<>();
    private final Deque<Integer> freeSlots = new ArrayDeque<>();
    private final BufferChain chain;
    private final UsedHandler onUsed = this::onUsed;
    private DriverSession session;
    private ActiveQueue active;
    private int sent;
    private volatile int calls;
    private volatile int configChanges;
    private int callsSeen;

    /** What the driver's side was told. */
    final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();

    /** Numbers of the requests that came back, in the order in which they did. */
    final List<Integer> returned = new ArrayList<>();

    private record Expected(int number, int slot, int sum, int written, int writable) {}

    /**
     * What a request is like.
     *
     * @param command see {@link ContractProtocol}
     * @param readableBytes 0, or at least a header
     * @param readableParts in how many parts
     * @param writableBytes room for the response
     * @param writableParts in how many parts
     * @param writtenBytes how many of them the device is to write
     */
    record Request(
            int command, int readableBytes, int readableParts, int writableBytes, int writableParts, int writtenBytes) {
        /** An ordinary request and its response. */
        static Request of(int command) {
            return new Request(command, ContractProtocol.HEADER_BYTES, 1, 16, 1, 16);
        }

        int parts() {
            return readableParts + writableParts;
        }
    }

    /** How much memory a driver needs for a queue. */
    static long memoryBytes(int size) {
        return (1 << 20) + size * (SLOT_BYTES + 32L + TABLE_ENTRIES * 16L);
    }

    ContractDriver(ContractRig rig, RingVariant ring, int size) {
        this(rig, new DmaArena(rig.memory()), INDEX, size, negotiate(rig, ring.features()));
        session.driverOk();
    }

    /** The driver of one queue of a session, which the device does not work for yet. */
    private ContractDriver(ContractRig rig, DmaArena arena, int index, int size, DriverSession session) {
        this.rig = rig;
        this.memory = rig.memory();
        this.arena = arena;
        this.features = session.features();
        this.index = index;
        this.size = size;
        this.slab = arena.allocate((long) size * SLOT_BYTES, SLOT_BYTES);
        this.chain = new BufferChain(Math.max(size, TABLE_ENTRIES));
        for (int slot = 0; slot < size; slot++) {
            freeSlots.add(slot);
        }
        this.session = session;
        this.active = setUp(size);
    }

    /** The drivers of both queues of one device that agreed to RING_RESET: queue 0, then queue {@link #INDEX}. */
    static List<ContractDriver> ofBothQueues(ContractRig rig, RingVariant ring, int size) {
        DriverSession session = negotiate(rig, ring.features().with(FeatureBits.RING_RESET));
        DmaArena arena = new DmaArena(rig.memory());
        List<ContractDriver> drivers = List.of(
                new ContractDriver(rig, arena, 0, size, session), new ContractDriver(rig, arena, INDEX, size, session));
        session.driverOk();
        return drivers;
    }

    private static DriverSession negotiate(ContractRig rig, Features features) {
        return DriverSession.open(
                rig.transport(), new DriverSpec(ContractProtocol.DEVICE_ID, features, features, List.of()));
    }

    private ActiveQueue setUp(int queueSize) {
        // The session's listener, not the transport's: that one is the session's own from here on.
        session.onConfigChange(this::configChanged);
        return session.setUpQueue(
                index, queueSize, TABLE_ENTRIES, arena, BarrierPolicy.OPTIMIZED, queueIndex -> called(), errors::add);
    }

    /** After the session was closed: the same device, from the start. */
    void reopen() {
        session = negotiate(rig, features);
        active = setUp(size);
        session.driverOk();
    }

    /** Resets this queue by itself. */
    void resetQueue() {
        session.resetQueue(active);
    }

    /** After {@link #resetQueue()}: the same queue, of another size up to the first one, while the device goes on. */
    void setUpAgain(int queueSize) {
        active = setUp(queueSize);
    }

    DriverSession session() {
        return session;
    }

    DriverQueue queue() {
        return active.queue();
    }

    int calls() {
        return calls;
    }

    int configChanges() {
        return configChanges;
    }

    int inFlight() {
        return inFlight.size();
    }

    int sent() {
        return sent;
    }

    long freeBytes() {
        return arena.freeBytes();
    }

    // --- notifications, on whatever thread ---------------------------------------------------------------------

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the device calls on one thread
    private void called() {
        calls++;
        LockSupport.unpark(thread);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // as above
    private void configChanged() {
        configChanges++;
        LockSupport.unpark(thread);
    }

    // --- sending -----------------------------------------------------------------------------------------------

    /** Adds a request; {@link DriverQueue#FULL} if the queue or the driver has no room. */
    int add(Request request) {
        Integer slot = freeSlots.peek();
        if (slot == null) {
            return DriverQueue.FULL;
        }
        int number = sent;
        long at = slab.offset() + (long) slot * SLOT_BYTES;
        memory.fill(at, SLOT_BYTES, UNTOUCHED);
        int sum = request.readableBytes > 0 ? writeRequest(at, number, request) : 0;
        chain.clear();
        long address = slab.guestAddress() + (long) slot * SLOT_BYTES;
        for (int part = 0; part < request.readableParts; part++) {
            int from = request.readableBytes * part / request.readableParts;
            int to = request.readableBytes * (part + 1) / request.readableParts;
            chain.addReadable(address + from, to - from);
        }
        for (int part = 0; part < request.writableParts; part++) {
            int from = request.writableBytes * part / request.writableParts;
            int to = request.writableBytes * (part + 1) / request.writableParts;
            chain.addWritable(address + RESPONSE_AT + from, to - from);
        }
        int id = queue().add(chain, token(number));
        if (id >= 0) {
            freeSlots.remove();
            sent++;
            inFlight.put(token(number), new Expected(number, slot, sum, request.writtenBytes, request.writableBytes));
        }
        return id;
    }

    private int writeRequest(long at, int number, Request request) {
        memory.putLe32(at, request.command);
        memory.putLe32(at + ContractProtocol.NUMBER, number);
        memory.putLe32(at + ContractProtocol.WRITE_BYTES, request.writtenBytes);
        int sum = 0;
        for (int i = 0; i < request.readableBytes; i++) {
            sum += memory.getByte(at + i);
        }
        return request.readableBytes < ContractProtocol.HEADER_BYTES ? 0 : sum;
    }

    /** All 64 bits of a token come back: the numbers are spread over them. */
    private static long token(int number) {
        return (number + 1) * 0x9E37_79B9_7F4A_7C15L;
    }

    void publishAndKick() {
        queue().publish();
        kick();
    }

    /** Rings the doorbell if the device wants it. */
    void kick() {
        queue().kick(active.doorbell());
    }

    /** Rings the doorbell whether or not the device wants it and whether or not there is anything new. */
    void kickAnyway() {
        active.doorbell().ring(queue().notificationPayload());
    }

    /** Sends one request that must find room. */
    void send(Request request) {
        int id = add(request);
        if (id < 0) {
            throw new AssertionError("no room for " + request + ": " + this);
        }
        publishAndKick();
    }

    /** Sends a chain that the device cannot follow. */
    void sendAddress(long guestAddress) {
        queue().add(chain.clear().addReadable(guestAddress, 16), token(sent));
        inFlight.put(token(sent), new Expected(sent, -1, 0, 0, 0));
        sent++;
        publishAndKick();
    }

    // --- taking ------------------------------------------------------------------------------------------------

    /** Takes what is used now. */
    int poll(int limit) {
        int taken = queue().poll(onUsed, limit);
        if (taken == DriverQueue.BROKEN) {
            throw new AssertionError("the queue is broken: " + this);
        }
        return taken;
    }

    /** Takes at least one, asleep until there is. */
    int awaitUsed(int limit) {
        while (true) {
            int taken = poll(limit);
            if (taken > 0) {
                return taken;
            }
            if (queue().enableCallbacks()) {
                sleepUntil("a call", () -> calls != callsSeen);
            }
            callsSeen = calls;
            queue().disableCallbacks();
        }
    }

    /** Takes all that is in flight, asleep in between. */
    void drain() {
        while (!inFlight.isEmpty()) {
            awaitUsed(size);
        }
    }

    /** Takes all that is in flight by looking again and again, asleep in between for a moment each. */
    void pollAll(long momentNanos) {
        long deadlineNanos = System.nanoTime() + WATCHDOG_NANOS;
        while (!inFlight.isEmpty()) {
            if (poll(size) == 0) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new AssertionError("polled in vain: " + this);
                }
                rig.pause(momentNanos);
            }
        }
    }

    /** Lets the device go on, asleep for a moment at most. */
    void pause(long momentNanos) {
        rig.pause(momentNanos);
    }

    /** Sleeps until something that the device does has happened. */
    void sleepUntil(String what, BooleanSupplier happened) {
        long deadlineNanos = System.nanoTime() + WATCHDOG_NANOS;
        while (!happened.getAsBoolean()) {
            long leftNanos = deadlineNanos - System.nanoTime();
            if (leftNanos <= 0) {
                throw new AssertionError("waited in vain for " + what + ": " + this);
            }
            rig.pause(leftNanos);
        }
    }

    private void onUsed(long token, long writtenBytes) {
        Expected expected = inFlight.remove(token);
        if (expected == null) {
            throw new AssertionError("token " + token + " is not in flight: " + this);
        }
        if (writtenBytes != expected.written) {
            throw new AssertionError(writtenBytes + " bytes written for " + expected + ": " + this);
        }
        long at = slab.offset() + (long) expected.slot * SLOT_BYTES + RESPONSE_AT;
        for (int i = 0; i < expected.writable; i++) {
            int value = memory.getByte(at + i);
            if (value != responseByte(expected, i)) {
                throw new AssertionError("byte " + i + " is " + value + " for " + expected + ": " + this);
            }
        }
        returned.add(expected.number);
        freeSlots.add(expected.slot);
    }

    private static int responseByte(Expected expected, int position) {
        if (position >= expected.written) {
            return UNTOUCHED;
        }
        return expected.sum == 0
                ? ContractProtocol.FILL
                : ContractProtocol.responseByte(expected.number, expected.sum, position);
    }

    // --- the end -----------------------------------------------------------------------------------------------

    /** After a reset: takes back what the device did not use, and returns the numbers. */
    List<Integer> cancelAll() {
        List<Integer> cancelled = new ArrayList<>();
        queue().cancelAll(token -> {
            Expected expected = inFlight.remove(token);
            if (expected == null) {
                throw new AssertionError("token " + token + " is not in flight: " + this);
            }
            cancelled.add(expected.number);
            if (expected.slot >= 0) {
                freeSlots.add(expected.slot);
            }
        });
        return cancelled;
    }

    /** Whether the device has written nothing to the response of a request in flight. */
    boolean isUntouched(int number) {
        Expected expected = inFlight.get(token(number));
        if (expected == null) {
            throw new AssertionError("request " + number + " is not in flight: " + this);
        }
        long at = slab.offset() + (long) expected.slot * SLOT_BYTES + RESPONSE_AT;
        for (int i = 0; i < expected.writable; i++) {
            if (memory.getByte(at + i) != UNTOUCHED) {
                return false;
            }
        }
        return true;
    }

    /** All bytes that requests use. */
    byte[] snapshot() {
        byte[] bytes = new byte[(int) slab.lengthBytes()];
        memory.getBytes(slab.offset(), bytes, 0, bytes.length);
        return bytes;
    }

    @Override
    public String toString() {
        return "driver: " + features + ", size " + size + ", " + sent + " sent, " + returned.size() + " returned, "
                + inFlight.size() + " in flight, " + calls + " calls, "
                + queue().counters().snapshot() + ", errors "
                + errors + "; " + rig.state();
    }
}
