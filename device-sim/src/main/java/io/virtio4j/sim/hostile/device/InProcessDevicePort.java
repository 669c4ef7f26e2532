// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.device.DriverUnderTest.Bench;
import io.virtio4j.sim.hostile.device.Told.Kind;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.agrona.concurrent.IdleStrategy;

/**
 * A driver of this process, on the case's own thread: the device has its turns when the driver kicks or waits, so that
 * nothing depends on time.
 */
final class InProcessDevicePort implements DevicePort {
    /** Of the driver's memory; the other regions are nobody's, and must stay as they are. */
    private static final long ARENA = CaseMemory.FIRST;

    /** So many requests: what is broken must stay so. */
    private static final int STEPS = 3;

    /** What a driver may tell of beside broken queues, from one opening to the next: some for each request. */
    private static final int MAX_REPORTS = 8;

    private final RingFormat format;
    private final CaseMemory memory;
    private final DriverUnderTest driver;
    private final ShownRegisters registers;
    private final ScriptedTransport transport;
    private final DmaArena arena;
    private final List<Told> told = new ArrayList<>();
    private final List<Throwable> reports = new ArrayList<>();
    private final List<Throwable> escapes = new ArrayList<>();
    private boolean open;
    private boolean expectSilence;
    private boolean givenUp;
    private final Set<Integer> brokenQueues = new HashSet<>();
    private int otherReports;
    private long seed;

    /** How many steps there are to be. */
    private int end = STEPS;

    InProcessDevicePort(RingFormat format, CaseMemory memory, DriverUnderTest driver) {
        this.format = format;
        this.memory = memory;
        this.driver = driver;
        this.registers = new ShownRegisters(driver.device(), format == RingFormat.PACKED);
        this.transport = new ScriptedTransport(memory.guest(), registers, driver.device());
        this.arena = new DmaArena(region(memory));
        memory.partyMayWrite(ARENA, CaseMemory.REGION_BYTES);
    }

    private static SharedMemory region(CaseMemory memory) {
        return memory.guest().region(memory.guest().regionIndex(ARENA));
    }

    // --- the driver --------------------------------------------------------------------------------------------

    /** Opens the driver, and then has it do requests. */
    @Override
    public boolean step() {
        if (told.size() >= end || (!open && !told.isEmpty())) {
            return false;
        }
        told.add(open ? request() : openDriver());
        return true;
    }

    private Told openDriver() {
        brokenQueues.clear();
        otherReports = 0;
        givenUp = false;
        IdleStrategy idle = transport.idle();
        Told opened = guarded(() -> driver.open(new Bench(transport, arena, idle, expectSilence, this::report)));
        open = opened.kind() == Kind.DONE;
        if (!open) {
            transport.requireFailed();
        }
        if (!open && arena.freeBytes() != arena.memory().lengthBytes()) {
            escapes.add(new IllegalStateException("the device was refused, and of its memory "
                    + (arena.memory().lengthBytes() - arena.freeBytes()) + " bytes were not given back"));
        }
        return opened;
    }

    private Told request() {
        seed++;
        Told answer = guarded(() -> driver.request(seed));
        givenUp |= answer.kind() == Kind.BROKEN;
        return answer;
    }

    /** One good request of a driver that is open, or is opened for it. */
    Told goodRequest() {
        if (!open) {
            Told opened = openDriver();
            if (!open) {
                return opened;
            }
        }
        return request();
    }

    /** Closes the driver: a reset, after which it may be opened again, with a user that expects answers. */
    void closeDriver() {
        expectSilence = false;
        if (!open) {
            return;
        }
        guarded(() -> {
            driver.close();
            return Told.DONE;
        });
        open = false;
        givenUp = false;
        transport.forgetKept();
    }

    boolean expectsSilence() {
        return expectSilence;
    }

    /** How often the driver has waited since the device's last answer. */
    long waitsInVain() {
        return transport.waitsInVain();
    }

    private interface Step {
        Told run();
    }

    private Told guarded(Step step) {
        try {
            return step.run();
        } catch (RuntimeException | Error e) {
            escapes.add(e);
            return Told.failed("threw " + e);
        }
    }

    private void report(Throwable error) {
        reports.add(error);
        if (error instanceof BrokenQueueException broken) {
            if (!brokenQueues.add(broken.queueIndex())) {
                escapes.add(new IllegalStateException("a broken queue was told of again", error));
            }
        } else if (++otherReports > MAX_REPORTS) {
            escapes.add(new IllegalStateException("told of " + otherReports + " things since it was opened", error));
        }
    }

    // --- what was seen -----------------------------------------------------------------------------------------

    @Override
    public List<Told> told() {
        return List.copyOf(told);
    }

    @Override
    public boolean needsReset() {
        return givenUp;
    }

    @Override
    public boolean knowsQuiet() {
        return true;
    }

    @Override
    public List<Throwable> reports() {
        return List.copyOf(reports);
    }

    @Override
    public List<Throwable> escapes() {
        List<Throwable> all = new ArrayList<>(escapes);
        transport.faults().forEach(fault -> all.add(new IllegalStateException(fault)));
        return all;
    }

    @Override
    public List<String> leaks() {
        List<String> leaks = new ArrayList<>(driver.inFlight());
        long missing = arena.memory().lengthBytes() - arena.freeBytes();
        if (missing != 0) {
            leaks.add(missing + " bytes of the driver's memory were not given back");
        }
        return leaks;
    }

    @Override
    public void close() {
        behave();
        closeDriver();
    }

    // --- the device --------------------------------------------------------------------------------------------

    @Override
    public RingFormat format() {
        return format;
    }

    @Override
    public CaseMemory memory() {
        return memory;
    }

    @Override
    public ShownRegisters registers() {
        return registers;
    }

    @Override
    public void onKick(KickScript script) {
        transport.onKick(script);
    }

    @Override
    public void onAnswer(AnswerScript script) {
        transport.turns().onAnswer(script);
    }

    @Override
    public void onUse(UseScript script) {
        transport.turns().onUse(script);
    }

    @Override
    public void onTurn(Runnable turn) {
        transport.turns().onTurn(turn);
    }

    @Override
    public void afterTurn(Runnable turn) {
        transport.turns().afterTurn(turn);
    }

    @Override
    public void onSetUp(Consumer<RawDeviceRing> script) {
        transport.turns().onSetUp(script);
    }

    @Override
    public void restart() {
        closeDriver();
        end = told.size() + STEPS;
        told.add(openDriver());
    }

    @Override
    public void keep(RawDeviceRing ring, RawChain chain) {
        transport.turns().keep(ring, chain);
    }

    @Override
    public void muteCalls(boolean mute) {
        transport.turns().muteCalls(mute);
    }

    @Override
    public void callAfterReset(int count) {
        transport.turns().callAfterReset(count);
    }

    @Override
    public void releaseKept() {
        transport.turns().releaseKept();
    }

    @Override
    public int kept() {
        return transport.turns().kept();
    }

    @Override
    public Optional<RawDeviceRing> ring(int queueIndex) {
        return transport.turns().ring(queueIndex);
    }

    @Override
    public void call(int queueIndex) {
        transport.turns().call(queueIndex);
    }

    @Override
    public void configChange() {
        transport.configChange();
    }

    @Override
    public void turnsOnlyWhenKicked(boolean only) {
        transport.turnsOnlyWhenKicked(only);
    }

    @Override
    public int kicks(int queueIndex) {
        return transport.kicks(queueIndex);
    }

    @Override
    public Features acknowledged() {
        return transport.acknowledged();
    }

    @Override
    public List<Integer> statusWrites() {
        return transport.statusWrites();
    }

    @Override
    public void expectSilence() {
        expectSilence = true;
    }

    @Override
    public void behave() {
        registers.behave();
        transport.turnsOnlyWhenKicked(false);
        transport.onKick(ScriptedTransport.NOT_HEARD);
        transport.turns().behave();
        // An honest device tells of what it has changed back.
        if (open) {
            transport.configChange();
        }
    }
}
