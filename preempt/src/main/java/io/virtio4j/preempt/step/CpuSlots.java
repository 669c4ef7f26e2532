// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.step;

import java.nio.ByteBuffer;

/**
 * The state of every CPU that a guard touches, in one block of memory outside the heap. Each method names its access mode.
 *
 * <p>A CPU has two blocks of {@value #BLOCK_BYTES} bytes, so that no cache line, and no pair of lines that is fetched together,
 * has two writers. Whoever runs as the CPU writes the first; everybody writes the second. After the CPUs come two blocks for what
 * all of them share.
 *
 * <pre>
 *   CPU n at n * 256
 *     0                   4                   8                   12
 *    +-------------------+-------------------+-------------------+-------------------+
 *  0 | count             | pending           | draining          | masked            |   written by the CPU
 *    +-------------------+-------------------+-------------------+-------------------+
 * 16 | nesting           | max depth         | requests                              |
 *    +-------------------+-------------------+---------------------------------------+
 * 32 | served                                | ticks                                 |
 *    +---------------------------------------+---------------------------------------+
 * 48 | deferred                              | callbacks                             |
 *    +---------------------------------------+---------------------------------------+
 *    | (to 128)                                                                      |
 *    +---------------------------------------+---------------------------------------+
 * 128| raised                                | (to 256)                              |   written by everybody
 *    +---------------------------------------+---------------------------------------+
 *   shared, at cpus * 256
 *    +-------------------+-----------------------------------------------------------+
 *  0 | global pending    | (to 128)                                                  |   written by everybody
 *    +-------------------+-----------------------------------------------------------+
 * 128| global count      | (to 256)                                                  |   written by everybody
 *    +-------------------+-----------------------------------------------------------+
 * </pre>
 *
 * <p>Fields of the first block are opaque: they are not torn, not invented and not hoisted out of a loop, and another thread may
 * read them as statistics. They need no more, because a CPU is one thread at a time and the hand-over from thread to thread orders
 * what they wrote. Whoever runs as the CPU reads the flag and reads and writes the count plainly: its interrupts are taken on its own thread, so
 * program order is all that a guard needs, and the compiler is left free where a kernel, whose interrupts come from outside, has to
 * keep each access. Only {@code raised} carries a message between CPUs: it is raised with a volatile access and taken with acquire.
 */
public final class CpuSlots {
    /** Bytes in a block: two cache lines, as adjacent lines are often fetched in pairs. */
    public static final int BLOCK_BYTES = 128;

    private static final int SLOT_SHIFT = 8;
    private static final int SLOT_BYTES = 1 << SLOT_SHIFT;

    private static final int COUNT = 0;
    private static final int PENDING = 4;
    private static final int DRAINING = 8;
    private static final int MASKED = 12;
    private static final int NESTING = 16;
    private static final int MAX_DEPTH = 20;
    private static final int REQUESTS = 24;
    private static final int SERVED = 32;
    private static final int TICKS = 40;
    private static final int DEFERRED = 48;
    private static final int CALLBACKS = 56;
    private static final int RAISED = BLOCK_BYTES;

    private static final int GLOBAL_PENDING = 0;
    private static final int GLOBAL_COUNT = BLOCK_BYTES;
    private static final int GLOBAL_BYTES = 2 * BLOCK_BYTES;

    private static final int MAX_CPUS = 1 << 16;

    final SlotMemory memory;
    private final int cpus;

    /**
     * Sets up zeroed state.
     *
     * @param cpus how many CPUs, 1 to 65536
     */
    public CpuSlots(int cpus) {
        this(cpus, ByteBuffer.allocateDirect(lengthBytes(cpus) + BLOCK_BYTES).alignedSlice(BLOCK_BYTES));
    }

    /**
     * Sets up state in memory that the caller has, zeroed.
     *
     * @param cpus how many CPUs, 1 to 65536
     * @param memory a direct buffer that begins at a multiple of {@link #BLOCK_BYTES} and holds {@link #lengthBytes(int)} at least
     */
    public CpuSlots(int cpus, ByteBuffer memory) {
        this.memory = new SlotMemory(memory.slice(0, lengthBytes(cpus)));
        this.cpus = cpus;
    }

    /**
     * {@return the bytes that the state of so many CPUs takes}
     *
     * @param cpus how many CPUs, 1 to 65536
     */
    public static int lengthBytes(int cpus) {
        if (cpus < 1 || cpus > MAX_CPUS) {
            throw new IllegalArgumentException("cpus is 1 to " + MAX_CPUS + ", not " + cpus);
        }
        return cpus * SLOT_BYTES + GLOBAL_BYTES;
    }

    /** {@return how many CPUs there are} */
    public int cpus() {
        return cpus;
    }

    /** {@return the length in bytes} */
    public int lengthBytes() {
        return lengthBytes(cpus);
    }

    /**
     * Copies every byte out. For the explorer and for tests: nothing may be writing.
     *
     * @param target as long as {@link #lengthBytes()}
     */
    public void copyTo(byte[] target) {
        memory.copyTo(target);
    }

    /**
     * Copies every byte in. For the explorer and for tests: nothing else may be reading or writing.
     *
     * @param source as long as {@link #lengthBytes()}
     */
    public void copyFrom(byte[] source) {
        memory.copyFrom(source);
    }

    private int at(int cpu, int field) {
        assert cpu >= 0 && cpu < cpus : cpu + " is none of " + cpus + " CPUs";
        return (cpu << SLOT_SHIFT) + field;
    }

    private int global(int field) {
        return (cpus << SLOT_SHIFT) + field;
    }

    /** Where the slot of a CPU lies. */
    long place(int cpu) {
        return memory.place(at(cpu, 0));
    }

    /** The guards in progress, plain: for whoever runs as the CPU. */
    static int getCount(GuardPlace guard) {
        return SlotMemory.getIntAt(guard, COUNT);
    }

    /** Sets the guards in progress, plain: by whoever runs as the CPU. */
    static void setCount(GuardPlace guard, int count) {
        SlotMemory.putIntAt(guard, COUNT, count);
    }

    /** 1 when a callback is owed on the CPU, plain: for whoever runs as it. */
    static int getPending(GuardPlace guard) {
        return SlotMemory.getIntAt(guard, PENDING);
    }

    /**
     * {@return the guards in progress, plain: for whoever runs as the CPU}
     *
     * @param cpu the CPU
     */
    public int getCount(int cpu) {
        return memory.getInt(at(cpu, COUNT));
    }

    /**
     * Sets the guards in progress, plain: by whoever runs as the CPU.
     *
     * @param cpu the CPU
     * @param count the count
     */
    public void setCount(int cpu, int count) {
        memory.putInt(at(cpu, COUNT), count);
    }

    /**
     * {@return 1 when a callback is owed on this CPU, plain: for whoever runs as the CPU}
     *
     * @param cpu the CPU
     */
    public int getPending(int cpu) {
        return memory.getInt(at(cpu, PENDING));
    }

    /**
     * {@return the guards and interrupts in progress}
     *
     * @param cpu the CPU
     */
    public int getCountOpaque(int cpu) {
        return memory.getIntOpaque(at(cpu, COUNT));
    }

    /**
     * Sets the count of guards and interrupts in progress.
     *
     * @param cpu the CPU
     * @param count the count
     */
    public void setCountOpaque(int cpu, int count) {
        memory.putIntOpaque(at(cpu, COUNT), count);
    }

    /**
     * Adds to the count in one access, which the plan asks no order of; a view has no read-modify-write that orders less.
     *
     * @param cpu the CPU
     * @param delta what to add
     * @return the count before
     */
    public int getAndAddCountAcquire(int cpu, int delta) {
        return memory.getAndAddIntAcquire(at(cpu, COUNT), delta);
    }

    /**
     * {@return 1 when a callback is owed on this CPU}
     *
     * @param cpu the CPU
     */
    public int getPendingOpaque(int cpu) {
        return memory.getIntOpaque(at(cpu, PENDING));
    }

    /**
     * Says whether a callback is owed.
     *
     * @param cpu the CPU
     * @param pending 1 or 0
     */
    public void setPendingOpaque(int cpu, int pending) {
        memory.putIntOpaque(at(cpu, PENDING), pending);
    }

    /**
     * {@return 1 while callbacks run or tasks switch on this CPU}
     *
     * @param cpu the CPU
     */
    public int getDrainingOpaque(int cpu) {
        return memory.getIntOpaque(at(cpu, DRAINING));
    }

    /**
     * Says whether callbacks run or tasks switch.
     *
     * @param cpu the CPU
     * @param draining 1 or 0
     */
    public void setDrainingOpaque(int cpu, int draining) {
        memory.putIntOpaque(at(cpu, DRAINING), draining);
    }

    /**
     * {@return 1 while this CPU takes no interrupts}
     *
     * @param cpu the CPU
     */
    public int getMaskedOpaque(int cpu) {
        return memory.getIntOpaque(at(cpu, MASKED));
    }

    /**
     * Masks or unmasks interrupts.
     *
     * @param cpu the CPU
     * @param masked 1 or 0
     */
    public void setMaskedOpaque(int cpu, int masked) {
        memory.putIntOpaque(at(cpu, MASKED), masked);
    }

    /**
     * {@return the interrupts in progress on this CPU}
     *
     * @param cpu the CPU
     */
    public int getNestingOpaque(int cpu) {
        return memory.getIntOpaque(at(cpu, NESTING));
    }

    /**
     * Sets the number of interrupts in progress.
     *
     * @param cpu the CPU
     * @param nesting the number
     */
    public void setNestingOpaque(int cpu, int nesting) {
        memory.putIntOpaque(at(cpu, NESTING), nesting);
    }

    /**
     * {@return the deepest nesting seen, of what the caller counts}
     *
     * @param cpu the CPU
     */
    public int getMaxDepthOpaque(int cpu) {
        return memory.getIntOpaque(at(cpu, MAX_DEPTH));
    }

    /**
     * Sets the deepest nesting seen.
     *
     * @param cpu the CPU
     * @param maxDepth the depth
     */
    public void setMaxDepthOpaque(int cpu, int maxDepth) {
        memory.putIntOpaque(at(cpu, MAX_DEPTH), maxDepth);
    }

    /**
     * {@return the requests made of this CPU since the start}
     *
     * @param cpu the CPU
     */
    public long getRequestsOpaque(int cpu) {
        return memory.getLongOpaque(at(cpu, REQUESTS));
    }

    /**
     * Sets the requests made of this CPU.
     *
     * @param cpu the CPU
     * @param requests how many
     */
    public void setRequestsOpaque(int cpu, long requests) {
        memory.putLongOpaque(at(cpu, REQUESTS), requests);
    }

    /**
     * {@return the requests that had been made when the last callback began}
     *
     * @param cpu the CPU
     */
    public long getServedOpaque(int cpu) {
        return memory.getLongOpaque(at(cpu, SERVED));
    }

    /**
     * Sets the requests that had been made when the last callback began.
     *
     * @param cpu the CPU
     * @param served how many
     */
    public void setServedOpaque(int cpu, long served) {
        memory.putLongOpaque(at(cpu, SERVED), served);
    }

    /**
     * {@return the timer interrupts taken}
     *
     * @param cpu the CPU
     */
    public long getTicksOpaque(int cpu) {
        return memory.getLongOpaque(at(cpu, TICKS));
    }

    /**
     * Sets the timer interrupts taken.
     *
     * @param cpu the CPU
     * @param ticks how many
     */
    public void setTicksOpaque(int cpu, long ticks) {
        memory.putLongOpaque(at(cpu, TICKS), ticks);
    }

    /**
     * {@return the requests that found a guard in progress}
     *
     * @param cpu the CPU
     */
    public long getDeferredOpaque(int cpu) {
        return memory.getLongOpaque(at(cpu, DEFERRED));
    }

    /**
     * Sets the requests that found a guard in progress.
     *
     * @param cpu the CPU
     * @param deferred how many
     */
    public void setDeferredOpaque(int cpu, long deferred) {
        memory.putLongOpaque(at(cpu, DEFERRED), deferred);
    }

    /**
     * {@return the callbacks begun}
     *
     * @param cpu the CPU
     */
    public long getCallbacksOpaque(int cpu) {
        return memory.getLongOpaque(at(cpu, CALLBACKS));
    }

    /**
     * Sets the callbacks begun.
     *
     * @param cpu the CPU
     * @param callbacks how many
     */
    public void setCallbacksOpaque(int cpu, long callbacks) {
        memory.putLongOpaque(at(cpu, CALLBACKS), callbacks);
    }

    /**
     * {@return the raised interrupt lines, a bit each}
     *
     * @param cpu the CPU
     */
    public long getRaisedOpaque(int cpu) {
        return memory.getLongOpaque(at(cpu, RAISED));
    }

    /**
     * {@return the raised interrupt lines, a bit each, in the single order of all volatile accesses: for the last look before a
     * sleep}
     *
     * @param cpu the CPU
     */
    public long getRaisedVolatile(int cpu) {
        return memory.getLongVolatile(at(cpu, RAISED));
    }

    /**
     * Raises interrupt lines. Any thread. What was written before is seen by the CPU that takes the lines, with
     * {@link #getAndSetRaisedAcquire}. Volatile and not release alone, because of a CPU that goes to sleep: it says so and then
     * looks at the lines, as who raises them then looks whether it sleeps, and each has to see the other.
     *
     * @param cpu the CPU that is interrupted
     * @param lines a bit for each line
     * @return the lines that were raised before
     */
    public long getAndBitwiseOrRaisedVolatile(int cpu, long lines) {
        return memory.getAndBitwiseOrLongVolatile(at(cpu, RAISED), lines);
    }

    /**
     * Takes every raised line at once. The partner of {@link #getAndBitwiseOrRaisedVolatile}.
     *
     * @param cpu the CPU that is interrupted
     * @param lines what is left raised, usually none
     * @return the lines that were raised
     */
    public long getAndSetRaisedAcquire(int cpu, long lines) {
        return memory.getAndSetLongAcquire(at(cpu, RAISED), lines);
    }

    /** {@return the flag that all CPUs share} */
    public int getGlobalPendingOpaque() {
        return memory.getIntOpaque(global(GLOBAL_PENDING));
    }

    /**
     * Sets the flag that all CPUs share, in the single order of all volatile accesses, as the plan does.
     *
     * @param pending 1 or 0
     */
    public void setGlobalPendingVolatile(int pending) {
        memory.putIntVolatile(global(GLOBAL_PENDING), pending);
    }

    /**
     * Swaps the flag that all CPUs share, in the single order of all volatile accesses, as the plan does.
     *
     * @param pending 1 or 0
     * @return the value before
     */
    public int getAndSetGlobalPendingVolatile(int pending) {
        return memory.getAndSetIntVolatile(global(GLOBAL_PENDING), pending);
    }

    /** {@return the guards in progress on all CPUs, where somebody counts them} */
    public int getGlobalCountOpaque() {
        return memory.getIntOpaque(global(GLOBAL_COUNT));
    }

    /**
     * Adds to the count of guards on all CPUs: a cross-check of the counts of the CPUs.
     *
     * @param delta what to add
     * @return the count before
     */
    public int getAndAddGlobalCountAcquire(int delta) {
        return memory.getAndAddIntAcquire(global(GLOBAL_COUNT), delta);
    }
}
