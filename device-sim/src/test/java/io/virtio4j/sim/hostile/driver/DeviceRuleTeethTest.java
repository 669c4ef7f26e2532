// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.PartyUnderTest;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.hostile.blk.BlkRequestCases;
import io.virtio4j.sim.hostile.request.UsedLength;
import io.virtio4j.sim.step.DeviceType;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedDevice;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A device that breaks a rule turns the case red that asks for it. */
class DeviceRuleTeethTest {
    private static final DeviceUnderTest ECHO = EchoParty.stepped();

    /** A call of the port, and what is wrong about it. */
    private interface Wrong {
        Object answer(String method, Object[] arguments, Right right) throws Throwable;
    }

    private interface Right {
        Object answer() throws Throwable;
    }

    /** A device whose port does one thing wrong. */
    private record WrongParty(PartyUnderTest<DriverPort> sound, Wrong wrong) implements PartyUnderTest<DriverPort> {
        @Override
        public String name() {
            return "wrong";
        }

        @Override
        public Set<Need> has() {
            return sound.has();
        }

        @Override
        public DriverPort open(RingFormat format, CaseMemory memory) {
            DriverPort port = sound.open(format, memory);
            return (DriverPort) Proxy.newProxyInstance(
                    DeviceRuleTeethTest.class.getClassLoader(),
                    new Class<?>[] {DriverPort.class},
                    (proxy, asked, arguments) -> wrong.answer(asked.getName(), arguments, () -> {
                        try {
                            return asked.invoke(port, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }

        @Override
        public void goodRequest(DriverPort port, Stage stage, boolean needsReset) {
            sound.goodRequest(port, stage, needsReset);
        }

        @Override
        public void request(RawDriver driver, Stage stage) {
            sound.request(driver, stage);
        }
    }

    private static Verdict verdict(
            PartyUnderTest<DriverPort> party, List<HostileCase<DriverPort>> cases, String id, RingFormat format) {
        HostileCase<DriverPort> named =
                cases.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
        return new CaseRunner<>(party).run(named, format, 1).verdict();
    }

    private static Verdict verdict(String id, RingFormat format, Wrong wrong) {
        return verdict(new WrongParty(ECHO, wrong), DriverCases.all(), id, format);
    }

    private static Wrong offeringAlso(int bit) {
        return (method, arguments, right) ->
                method.equals("offeredFeatures") ? ((Features) right.answer()).with(bit) : right.answer();
    }

    @Test
    void bitsThatNothingDefinesAreNotOffered() {
        for (int bit : new int[] {25, 26, 31, 37, 42, 49}) {
            assertThat(verdict("features-offer-looked-at-after-all-ones", RingFormat.SPLIT, offeringAlso(bit)))
                    .isEqualTo(Verdict.LIED);
        }
    }

    @Test
    void whatIsOfferedIsTaken() {
        Wrong refusing = (method, arguments, right) -> {
            if (method.equals("writeFeatures") && ((Features) arguments[0]).has(FeatureBits.IN_ORDER)) {
                arguments[0] = ((Features) arguments[0]).with(FeatureBits.ORDER_PLATFORM);
            }
            return right.answer();
        };

        assertThat(verdict("features-in-order-alone", RingFormat.PACKED, refusing))
                .isEqualTo(Verdict.WEDGED);
    }

    /** Each look finds one call more. */
    private static Wrong callingAllTheTime() {
        int[] calls = {0};
        return (method, arguments, right) -> method.equals("calls") ? (Object) (calls[0] += 100) : right.answer();
    }

    @Test
    void callsBeforeDriverOkAreFound() {
        assertThat(verdict("status-kicks-at-each-step-to-driver-ok", RingFormat.SPLIT, callingAllTheTime()))
                .isEqualTo(Verdict.LIED);
    }

    @Test
    void callsForSlotsThatNobodyOfferedAreFound() {
        assertThat(verdict("packed-ring-again-before-it-was-used", RingFormat.PACKED, callingAllTheTime()))
                .isEqualTo(Verdict.LIED);
    }

    private static final Wrong MUTE = (method, arguments, right) -> method.equals("calls") ? 0 : right.answer();

    @Test
    void aCallThatIsMissingAtUsedEventIsFound() {
        assertThat(verdict("split-used-event-over-a-batch", RingFormat.SPLIT, MUTE))
                .isEqualTo(Verdict.WEDGED);
    }

    @Test
    void aQueueThatIsNotCalledForAfterItsResetIsFound() {
        assertThat(verdict("queue-enabled-same-size-after-1", RingFormat.PACKED, MUTE))
                .isEqualTo(Verdict.WEDGED);
    }

    @Test
    void aQueueThatStaysWhereItWasIsFound() {
        for (RingFormat format : RingFormat.values()) {
            QueueAddresses[] first = {null};
            Wrong deaf = (method, arguments, right) -> {
                if (method.equals("setUpQueue")) {
                    first[0] = first[0] == null ? (QueueAddresses) arguments[2] : first[0];
                    arguments[2] = first[0];
                }
                return right.answer();
            };

            assertThat(verdict("queue-enabled-half-the-size-after-a-lap", format, deaf))
                    .isIn(Verdict.WEDGED, Verdict.ESCAPED, Verdict.LIED);
        }
    }

    @Test
    void bytesThatAreSaidToBeThereAndAreNotAreFound() {
        DeviceType type = new DeviceType(63, Features.NONE, 2, 64, 12);
        DeviceUnderTest boastful = new DeviceUnderTest(
                        "boastful",
                        () -> new SteppedDevice(
                                type,
                                (queueIndex, chain) -> {
                                    int length = (int) Math.min(chain.readableBytes(), chain.writableBytes());
                                    // The last one is counted and not written.
                                    for (int i = 0; i < length - 1; i++) {
                                        chain.putByte(i, chain.getByte(i) + 1);
                                    }
                                    return length;
                                },
                                StepPlan.prompt(1)),
                        EchoParty::request)
                .having(Need.ECHO);

        assertThat(verdict(boastful, DriverCases.all(), "used-length-with-more-room", RingFormat.SPLIT))
                .isEqualTo(Verdict.LIED);
    }

    @Test
    void aCacheModeWithoutFlushIsFound() {
        DeviceUnderTest disk = new DeviceUnderTest(
                "disk",
                () -> new SimBlk(new MemoryBlockStore(64 * 512), SimBlkOptions.DEFAULTS, error -> {
                    throw new AssertionError(error);
                }),
                BlkRequestCases::goodRequest);
        Wrong without = (method, arguments, right) -> method.equals("offeredFeatures")
                ? ((Features) right.answer()).with(BlkFeatureBits.CONFIG_WCE).without(BlkFeatureBits.FLUSH)
                : right.answer();

        assertThat(verdict(
                        new WrongParty(disk, without),
                        BlkRequestCases.all(UsedLength.EXACT),
                        "blk-config-wce-without-flush",
                        RingFormat.SPLIT))
                .isEqualTo(Verdict.LIED);
    }
}
