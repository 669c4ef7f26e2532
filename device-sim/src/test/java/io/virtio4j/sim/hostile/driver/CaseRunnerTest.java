// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.HostileCase.Play;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.step.ChainHandler;
import io.virtio4j.sim.step.CompletionPlan;
import io.virtio4j.sim.step.DeviceType;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedDevice;
import io.virtio4j.wire.Features;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A device that is broken is found out: each failure has its verdict. */
class CaseRunnerTest {
    /** A case that comes to its end takes milliseconds; a machine that is busy with other things may take its time. */
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** For the one case that never does. */
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final DeviceType TYPE = new DeviceType(63, Features.NONE, 1, 64, 0);

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

    private static CaseResult run(ChainHandler handler, Play<DriverPort> play) {
        return run(handler, play, PATIENCE_NANOS);
    }

    private static CaseResult run(ChainHandler handler, Play<DriverPort> play, long deadlineNanos) {
        StepPlan plan = StepPlan.prompt(1).withCompletions(CompletionPlan.PROMPT.withDelaySteps(2, 2));
        DeviceUnderTest party =
                new DeviceUnderTest("broken", () -> new SteppedDevice(TYPE, handler, plan), EchoParty::request);
        HostileCase<DriverPort> hostileCase =
                HostileCase.of("a-case", "an area", "CORE-DRV-INIT-SEQUENCE", "Nothing.", Verdict.SERVED, play);
        return new CaseRunner<>(party, deadlineNanos).run(hostileCase, RingFormat.SPLIT, 7);
    }

    @Test
    void aSoundDeviceServes() {
        CaseResult result = run(ECHO, REQUEST);

        assertThat(result.verdict()).isEqualTo(Verdict.SERVED);
        assertThat(result.isGood()).isTrue();
        assertThat(result.toLine())
                .isEqualTo("broken\tsplit\ta-case\tan area\tSERVED\tCORE-DRV-INIT-SEQUENCE\tNothing.\tSERVED\t");
    }

    @Test
    void aGoodVerdictThatTheCaseDoesNotAllowIsRed() {
        CaseResult result = run(ECHO, (port, stage) -> {
            Scene s = Scene.start(port, stage);
            StatusCases.breakRing(s);
            s.kick();
        });

        assertThat(result.verdict()).isEqualTo(Verdict.NEEDS_RESET);
        assertThat(result.isGood()).isFalse();
    }

    @Test
    void anExceptionOutOfADeviceHasEscaped() {
        CaseResult result = run(
                (queueIndex, chain) -> {
                    throw new ArithmeticException("poisoned");
                },
                REQUEST);

        assertThat(result.verdict()).isEqualTo(Verdict.ESCAPED);
        assertThat(result.detail()).contains("poisoned");
    }

    @Test
    void aByteOutsideTheChainHasEscaped() {
        CaseResult result = run(
                (queueIndex, chain) -> {
                    chain.pieceMemory(0).putByte(CaseMemory.REGION_BYTES - 1, 0);
                    return ECHO.answer(queueIndex, chain);
                },
                REQUEST);

        assertThat(result.verdict()).isEqualTo(Verdict.ESCAPED);
        assertThat(result.detail()).contains("0x10ffff");
    }

    @Test
    void aByteOfWhatIsToBeReadHasEscapedAlsoWhenTheDeviceWasResetSince() {
        CaseResult result = run(
                (queueIndex, chain) -> {
                    chain.pieceMemory(0).putByte(chain.pieceOffset(0), 0);
                    return ECHO.answer(queueIndex, chain);
                },
                (port, stage) -> {
                    Scene s = Scene.start(port, stage);
                    s.ring().offer(s.in(16), s.out(16));
                    s.kickAndSettle();
                    s.driver.reset();
                    stage.served();
                });

        assertThat(result.verdict()).isEqualTo(Verdict.ESCAPED);
    }

    @Test
    void aByteBesideARegionIsATrespass() {
        List<ByteBuffer> buffers = new ArrayList<>();
        CaseMemory memory = CaseMemory.from(lengthBytes -> {
            buffers.add(ByteBuffer.allocateDirect(lengthBytes + 16).alignedSlice(16));
            return buffers.get(buffers.size() - 1);
        });
        assertThat(memory.trespasses()).isEmpty();

        buffers.get(1).put(4095, (byte) 0);

        assertThat(memory.trespasses())
                .singleElement()
                .asString()
                .contains("guard")
                .contains("0x100000");
    }

    @Test
    void aWrongAnswerIsALie() {
        CaseResult result = run(
                (queueIndex, chain) -> {
                    ECHO.answer(queueIndex, chain);
                    chain.putByte(3, 0x55);
                    return chain.writableBytes();
                },
                REQUEST);

        assertThat(result.verdict()).isEqualTo(Verdict.LIED);
    }

    @Test
    void aChainThatIsNeverUsedHasLeaked() {
        int[] chains = new int[1];
        CaseResult result = run(
                (queueIndex, chain) -> chains[0]++ == 0 ? ChainHandler.NEVER : ECHO.answer(queueIndex, chain),
                (port, stage) -> {
                    Scene s = Scene.start(port, stage);
                    s.ring().offer(s.in(16), s.out(16));
                    s.kickAndSettle();
                    stage.served();
                });

        assertThat(result.verdict()).isEqualTo(Verdict.LEAKED);
    }

    @Test
    void anAnswerThatNeverComesIsAWedge() {
        CaseResult result = run((queueIndex, chain) -> ChainHandler.NEVER, REQUEST);

        assertThat(result.verdict()).isEqualTo(Verdict.WEDGED);
    }

    @Test
    void aDeviceThatDoesNotComeBackIsAWedgeWithItsStack() {
        CaseResult result = run(
                (queueIndex, chain) -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        LockSupport.parkNanos(1_000);
                    }
                    return 0;
                },
                REQUEST,
                SHORT_NANOS);

        assertThat(result.verdict()).isEqualTo(Verdict.WEDGED);
        assertThat(result.detail()).contains("CaseRunnerTest");
    }

    @Test
    void aCaseThatSaysNothingIsAMistake() {
        assertThatThrownBy(() -> run(ECHO, (port, stage) -> Scene.start(port, stage)))
                .isInstanceOf(IllegalStateException.class);
    }
}
