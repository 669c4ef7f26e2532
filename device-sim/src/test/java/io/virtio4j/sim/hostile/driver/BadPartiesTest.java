// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.HostileCase.Play;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.PartyUnderTest;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.step.ChainHandler;
import io.virtio4j.sim.step.CompletionPlan;
import io.virtio4j.sim.step.DeviceType;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedDevice;
import io.virtio4j.wire.Features;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a party does behind the case's back is found out too: threads, silence, writes that come late. */
class BadPartiesTest {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final ChainHandler ECHO = (queueIndex, chain) -> {
        int length = (int) Math.min(chain.readableBytes(), chain.writableBytes());
        for (int i = 0; i < length; i++) {
            chain.putByte(i, chain.getByte(i) + 1);
        }
        return length;
    };

    /** One good request, and a word. */
    private static final Play<DriverPort> REQUEST = (port, stage) -> {
        Scene.start(port, stage).requireService();
        stage.served();
    };

    private static SteppedDevice echo(ChainHandler handler) {
        StepPlan plan = StepPlan.prompt(1).withCompletions(CompletionPlan.PROMPT.withDelaySteps(2, 2));
        return new SteppedDevice(new DeviceType(63, Features.NONE, 2, 64, 12), handler, plan);
    }

    private static DeviceUnderTest party(Supplier<VirtioDevice> device) {
        return new DeviceUnderTest("bad", device, EchoParty::request);
    }

    private static HostileCase<DriverPort> aCase(Play<DriverPort> play) {
        return HostileCase.of("a-case", "an area", "CORE-DRV-INIT-SEQUENCE", "Nothing.", Verdict.SERVED, play);
    }

    private static CaseResult run(PartyUnderTest<DriverPort> party, RingFormat format, Play<DriverPort> play) {
        return new CaseRunner<>(party, DEADLINE_NANOS).run(aCase(play), format, 7);
    }

    private static CaseResult run(Supplier<VirtioDevice> device, Play<DriverPort> play) {
        return run(party(device), RingFormat.SPLIT, play);
    }

    @Test
    void aThreadThatOutlivesItsPartyHasLeaked() {
        AtomicBoolean over = new AtomicBoolean();
        CaseResult result = run(
                () -> new Changed(echo(ECHO)) {
                    @Override
                    public void attach(Runnable wakeUp) {
                        super.attach(wakeUp);
                        Thread thread = new Thread(() -> sleepUntil(over), "forgotten");
                        thread.setDaemon(true);
                        thread.start();
                    }
                },
                REQUEST);
        over.set(true);

        assertThat(result.verdict()).isEqualTo(Verdict.LEAKED);
        assertThat(result.detail()).contains("thread forgotten");
    }

    private static void sleepUntil(AtomicBoolean over) {
        while (!over.get()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void aChainThatIsStillHeldAfterAllWasAnsweredHasLeaked() {
        int kept = 7;
        DeviceUnderTest party = new DeviceUnderTest(
                "bad",
                () -> echo((queueIndex, chain) ->
                        chain.writableBytes() == kept ? ChainHandler.NEVER : ECHO.answer(queueIndex, chain)),
                (driver, stage) -> {
                    driver.ring(0).offer(Scene.in(stage, kept), Scene.out(stage, kept));
                    EchoParty.request(driver, stage);
                });
        // No live driver, so that only the port can tell.
        CaseResult result = run(party, RingFormat.SPLIT, (port, stage) -> {
            Scene.start(port, stage).driver.abandon();
            stage.served();
        });

        assertThat(result.verdict()).isEqualTo(Verdict.LEAKED);
        assertThat(result.detail()).contains("1 chains are in flight");
    }

    @Test
    void whatADeviceHoldsOfItsHostHasLeaked() {
        DeviceUnderTest party = party(() -> echo(ECHO)).holding(device -> List.of("a page of " + device.deviceId()));

        CaseResult result = run(party, RingFormat.SPLIT, REQUEST);

        assertThat(result.verdict()).isEqualTo(Verdict.LEAKED);
        assertThat(result.detail()).contains("a page of 63");
    }

    @Test
    void aPartyThatBreaksAndTellsNobodyIsAWedge() {
        PartyUnderTest<DriverPort> sound = party(() -> echo(ECHO));
        PartyUnderTest<DriverPort> mute = new PartyUnderTest<>() {
            @Override
            public String name() {
                return "mute";
            }

            @Override
            public DriverPort open(RingFormat format, CaseMemory memory) {
                return changed(sound.open(format, memory), "untold", List.of("nobody was told"));
            }

            @Override
            public void request(RawDriver driver, Stage stage) {
                sound.request(driver, stage);
            }

            @Override
            public void goodRequest(DriverPort port, Stage stage, boolean needsReset) {
                sound.goodRequest(port, stage, needsReset);
            }
        };
        Play<DriverPort> breaking = (port, stage) -> {
            Scene s = Scene.start(port, stage);
            StatusCases.breakRing(s);
            s.kick();
        };

        assertThat(run(sound, RingFormat.SPLIT, breaking).verdict()).isEqualTo(Verdict.NEEDS_RESET);
        CaseResult result = run(mute, RingFormat.SPLIT, breaking);
        assertThat(result.verdict()).isEqualTo(Verdict.WEDGED);
        assertThat(result.detail()).contains("nobody was told");
        assertThat(run(mute, RingFormat.SPLIT, REQUEST).verdict()).isEqualTo(Verdict.SERVED);
    }

    private static DriverPort changed(DriverPort port, String method, Object answer) {
        return (DriverPort) Proxy.newProxyInstance(
                BadPartiesTest.class.getClassLoader(), new Class<?>[] {DriverPort.class}, (proxy, asked, arguments) -> {
                    try {
                        return asked.getName().equals(method) ? answer : asked.invoke(port, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void aPortKnowsWhetherItsDeviceHasTold() {
        CaseMemory memory = CaseMemory.inProcess();
        try (SteppedDriverPort port = new SteppedDriverPort(echo(ECHO), RingFormat.SPLIT, memory)) {
            assertThat(port.untold()).containsExactly("its error handler was told of nothing");
        }
    }

    @Test
    void toTellASecondTimeIsAnEscape() {
        CaseResult result = run(
                () -> new Changed(echo(ECHO)) {
                    private List<DeviceQueue> queues = List.of();

                    @Override
                    public void start(Features negotiated, List<DeviceQueue> started) {
                        super.start(negotiated, started);
                        queues = started;
                    }

                    @Override
                    public int onQueue(DeviceQueue queue) {
                        return queues.stream().mapToInt(super::onQueue).sum();
                    }
                },
                (port, stage) -> {
                    Scene s = Scene.start(port, stage);
                    s.driver.negotiate();
                    for (int i = 0; i < 2; i++) {
                        s.driver.setUpQueue(i, 16).split().availIdx(17);
                    }
                    s.driver.driverOk();
                    s.kick();
                });

        assertThat(result.verdict()).isEqualTo(Verdict.ESCAPED);
        assertThat(result.detail()).contains("told a second time");
    }

    @Test
    void aWriteToABufferThatWasGivenBackIsAnEscape() {
        for (RingFormat format : RingFormat.values()) {
            long[] before = {-1};
            CaseResult result = run(
                    party(() -> echo((queueIndex, chain) -> {
                        SharedMemory memory = chain.pieceMemory(1);
                        if (before[0] >= 0) {
                            memory.putByte(before[0], memory.getByte(before[0]) + 1);
                        }
                        before[0] = chain.pieceOffset(1);
                        return ECHO.answer(queueIndex, chain);
                    })),
                    format,
                    REQUEST);

            assertThat(result.verdict()).isEqualTo(Verdict.ESCAPED);
            assertThat(result.detail()).contains("was written");
        }
    }

    @Test
    void aDescriptorThatWasNeverAvailableIsNotForTheDeviceToWrite() {
        CaseResult result = run(
                party(() -> new Changed(echo(ECHO)) {
                    @Override
                    public int onQueue(DeviceQueue queue) {
                        long address = queue.config().addresses().descriptorArea() + 9 * 16;
                        GuestMemory guest = queue.memory();
                        SharedMemory region = guest.region(guest.regionIndex(address));
                        region.putByte(address - region.guestAddress(), 1);
                        return super.onQueue(queue);
                    }
                }),
                RingFormat.PACKED,
                REQUEST);

        assertThat(result.verdict()).isEqualTo(Verdict.ESCAPED);
    }

    @Test
    void aWriteAfterTheCloseIsAnEscape() {
        CaseResult result = run(
                () -> new Changed(echo(ECHO)) {
                    private int resets;
                    private SharedMemory memory = SharedMemory.wrap(ByteBuffer.allocateDirect(16), 0);

                    @Override
                    public void start(Features negotiated, List<DeviceQueue> queues) {
                        super.start(negotiated, queues);
                        GuestMemory guest = queues.get(0).memory();
                        memory = guest.region(guest.regionIndex(CaseMemory.FIRST));
                    }

                    /** Before the case, before the last good request, at the close. */
                    @Override
                    public void reset() {
                        super.reset();
                        if (++resets == 3) {
                            Thread late = new Thread(this::scribble, "late");
                            late.setDaemon(true);
                            late.start();
                        }
                    }

                    private void scribble() {
                        for (int i = 0; i < 100; i++) {
                            memory.putByte(0, i);
                            LockSupport.parkNanos(500_000);
                        }
                    }
                },
                REQUEST);

        assertThat(result.verdict()).isEqualTo(Verdict.ESCAPED);
        assertThat(result.detail()).startsWith("after it was closed: ");
    }

    @Test
    void nothingIsPlayedAsLongAsACaseBeforeKeepsAProcessorBusy() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        DeviceUnderTest spinning = party(() -> echo((queueIndex, chain) -> {
            while (!over.get()) {
                Thread.onSpinWait();
            }
            return 0;
        }));
        CaseRunner<DriverPort> runner = new CaseRunner<>(spinning, SHORT_NANOS);
        CaseResult first = runner.run(aCase(REQUEST), RingFormat.SPLIT, 7);
        CaseResult second = runner.run(aCase(REQUEST), RingFormat.SPLIT, 7);
        CaseResult other = run(() -> echo(ECHO), REQUEST);
        over.set(true);

        assertThat(first.verdict()).isEqualTo(Verdict.WEDGED);
        assertThat(second.verdict()).isEqualTo(Verdict.NOT_PLAYED);
        assertThat(second.isGood()).isFalse();
        assertThat(other.verdict()).isEqualTo(Verdict.NOT_PLAYED);
        CaseResult later = other;
        while (later.verdict() == Verdict.NOT_PLAYED) {
            Thread.sleep(1);
            later = run(() -> echo(ECHO), REQUEST);
        }
        assertThat(later.verdict()).isEqualTo(Verdict.SERVED);
    }

    @Test
    void theStackOfAWedgeIsThatOfThePartysOwnThread() {
        DeviceUnderTest stuck = party(() -> echo((queueIndex, chain) -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        LockSupport.parkNanos("stuck", 1_000_000);
                    }
                    return 0;
                }))
                .threaded();
        CaseResult result = new CaseRunner<>(stuck, SHORT_NANOS).run(aCase(REQUEST), RingFormat.SPLIT, 7);

        assertThat(result.verdict()).isEqualTo(Verdict.WEDGED);
        assertThat(result.detail()).contains("thread hostile-device").contains("BadPartiesTest");
    }

    @Test
    void aCaseThatNeedsWhatAPartyLacksIsSkippedAndSaysWhy() {
        HostileCase<DriverPort> needy = aCase(REQUEST).needing(Need.HOLDS_CHAINS, Need.HUGE_MEMORY);

        CaseResult result = new CaseRunner<>(party(() -> echo(ECHO))).run(needy, RingFormat.SPLIT, 7);

        assertThat(result.verdict()).isEqualTo(Verdict.SKIPPED);
        assertThat(result.isGood()).isTrue();
        assertThat(result.toLine()).endsWith("\tneeds " + Need.HOLDS_CHAINS.words());
    }

    @Test
    void aCaseThatSaysBothIsAMistake() {
        assertThatThrownBy(() -> run(() -> echo(ECHO), (port, stage) -> {
                    Scene.start(port, stage);
                    stage.served();
                    stage.rejected("or not");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SERVED")
                .hasMessageContaining("REJECTED");
    }

    @Test
    void aPartyThatCannotBeOpenedSaysWhy() {
        CaseResult result = run(
                () -> {
                    throw new IllegalStateException("no such disk");
                },
                REQUEST);

        assertThat(result.verdict()).isEqualTo(Verdict.ESCAPED);
        assertThat(result.detail()).contains("no such disk");
    }

    @Test
    void theHugeRegionIsGuardedToo() {
        CaseMemory memory = CaseMemory.inProcess();
        GuestMemory guest = memory.guest();
        guest.region(guest.regionIndex(CaseMemory.HUGE)).putByte(5, 1);

        assertThat(memory.trespasses()).singleElement().asString().contains("huge");
        assertThat(CaseMemory.inProcess().trespasses()).isEmpty();
    }

    @Test
    void allCasesArePlayedOnEachOfTheirRings() {
        List<HostileCase<DriverPort>> cases =
                List.of(aCase(REQUEST), aCase(REQUEST).on(RingFormat.PACKED));

        assertThat(new CaseRunner<>(party(() -> echo(ECHO))).runAll(cases, 7))
                .extracting(CaseResult::format)
                .containsExactly(RingFormat.SPLIT, RingFormat.PACKED, RingFormat.PACKED);
    }

    @Test
    void aKickOfAQueueThatWasNeverSetUpLeadsNowhere() {
        CaseMemory memory = CaseMemory.inProcess();
        try (SteppedDriverPort port = new SteppedDriverPort(echo(ECHO), RingFormat.SPLIT, memory)) {
            port.kick(1);
            assertThat(port.step()).isFalse();
        }
    }

    @Test
    void theConfigurationIsReadInOneAccess() {
        byte[] content = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        try (SteppedDriverPort port = new SteppedDriverPort(echo(ECHO), RingFormat.SPLIT, CaseMemory.inProcess())) {
            port.writeConfig(0, content);

            assertThat(port.readConfig(4, 4)).containsExactly(5, 6, 7, 8);
            assertThat(port.readConfig(-2, 4)).containsExactly(0, 0, 1, 2);
            assertThat(port.readConfig(10, 4)).containsExactly(11, 12, 0, 0);
            assertThat(port.readConfig(Integer.MAX_VALUE, 2)).containsExactly(0, 0);
        }
    }

    @Test
    void aPartyOfTheKitSaysWhatItHas() {
        assertThat(EchoParty.stepped().has()).isEqualTo(Set.of(Need.values()));
        assertThat(EchoParty.stepped().threaded().has()).doesNotContain(Need.HOLDS_CHAINS);
    }
}
