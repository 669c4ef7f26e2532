// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.transport.Transport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.agrona.ErrorHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The suites fail over a device or a transport that does wrong, and say what. */
final class ContractTeethTest {
    private static RingVariant ring(boolean packed) {
        return new RingVariant(packed, false, true, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLostCallIsFound(boolean packed) {
        assertFails(
                new QueuesOver(FaultyTransport.Fault.LOSES_CALLS),
                suite -> suite.sleepersOnBothSidesAreWoken(ring(packed)),
                "the driver would sleep for ever");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLostKickIsFound(boolean packed) {
        assertFails(
                new QueuesOver(FaultyTransport.Fault.LOSES_KICKS),
                suite -> suite.sleepersOnBothSidesAreWoken(ring(packed)),
                "the driver would sleep for ever");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChainThatIsNeverUsedIsFound(boolean packed) {
        assertFails(
                new QueuesOver(FaultyDevice.Fault.LOSES_A_CHAIN),
                suite -> suite.everyRequestComesBackOnceWithItsOwnBytes(ring(packed)),
                "the driver would sleep for ever");
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultyDevice.Fault.class,
            names = {"SAYS_THAT_IT_WROTE_NOTHING", "SAYS_THAT_IT_WROTE_ALL"})
    void aWrongLengthIsFound(FaultyDevice.Fault fault) {
        for (boolean packed : new boolean[] {false, true}) {
            assertFails(
                    new QueuesOver(fault),
                    suite -> suite.everyRequestComesBackOnceWithItsOwnBytes(ring(packed)),
                    "bytes written for Expected");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bytesThatWereNotWrittenAreFound(boolean packed) {
        assertFails(
                new QueuesOver(FaultyDevice.Fault.SAYS_THAT_IT_WROTE_ALL),
                suite -> suite.sleepersOnBothSidesAreWoken(ring(packed)),
                "byte 0 is");
    }

    @Test
    void aSecondAnswerIsFound() {
        assertFails(
                new QueuesOver(FaultyDevice.Fault.ANSWERS_TWICE),
                suite -> suite.sleepersOnBothSidesAreWoken(ring(false)),
                "the queue is broken");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWriteAfterTheResetIsFound(boolean packed) {
        assertFails(
                new TransportsOver(FaultyDevice.Fault.WRITES_AFTER_RESET),
                suite -> suite.aResetAtAnyMomentGivesBackWhatTheDeviceHasNotUsed(ring(packed)),
                "nothing is written after a reset");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWriteAfterTheResetOfItsQueueIsFound(boolean packed) {
        assertFails(
                new TransportsOver(FaultyDevice.Fault.WRITES_AFTER_RESET),
                suite -> suite.aQueueResetAtAnyMomentGivesItsBuffersBackAndTheOtherQueueGoesOn(ring(packed)),
                "nothing is written after a queue's reset");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aQueueThatGoesOnAfterItsResetIsFound(boolean packed) {
        assertFails(
                new TransportsOver(FaultyTransport.Fault.ONLY_SAYS_THAT_A_QUEUE_IS_RESET),
                suite -> suite.aQueueResetAtAnyMomentGivesItsBuffersBackAndTheOtherQueueGoesOn(ring(packed)),
                "nothing is written after a queue's reset");
    }

    private static <T extends ContractSuite> void assertFails(T suite, Consumer<T> test, String message) {
        try {
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> test.accept(suite))
                    .withMessageContaining(message);
        } finally {
            suite.closeRigs();
        }
    }

    // Private, so that JUnit does not run the suites by themselves.

    private static final class QueuesOver extends QueueContract {
        private final Opener opener;

        QueuesOver(FaultyTransport.Fault fault) {
            opener = opener(fault);
        }

        QueuesOver(FaultyDevice.Fault fault) {
            opener = opener(fault);
        }

        @Override
        protected ContractRig open(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors) {
            return opener.open(device, memoryBytes, deviceErrors);
        }
    }

    private static final class TransportsOver extends TransportContract {
        private final Opener opener;

        TransportsOver(FaultyTransport.Fault fault) {
            opener = opener(fault);
        }

        TransportsOver(FaultyDevice.Fault fault) {
            opener = opener(fault);
        }

        @Override
        protected ContractRig open(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors) {
            return opener.open(device, memoryBytes, deviceErrors);
        }
    }

    private interface Opener {
        ContractRig open(VirtioDevice device, long memoryBytes, ErrorHandler deviceErrors);
    }

    private static Opener opener(FaultyTransport.Fault fault) {
        return (device, memoryBytes, deviceErrors) -> new FaultyRig(
                new SteppedRig(device, memoryBytes, deviceErrors),
                transport -> FaultyTransport.before(transport, fault),
                () -> {});
    }

    private static Opener opener(FaultyDevice.Fault fault) {
        return (device, memoryBytes, deviceErrors) -> {
            FaultyDevice faulty = new FaultyDevice(device, fault);
            return new FaultyRig(
                    new SteppedRig(faulty, memoryBytes, deviceErrors), UnaryOperator.identity(), faulty::goOn);
        };
    }

    /** A stepped rig with a fault in its transport or in what happens in a pause. */
    private static final class FaultyRig implements ContractRig {
        private final SteppedRig rig;
        private final Transport transport;
        private final Runnable inPauses;

        FaultyRig(SteppedRig rig, UnaryOperator<Transport> fault, Runnable inPauses) {
            this.rig = rig;
            this.transport = fault.apply(rig.transport());
            this.inPauses = inPauses;
        }

        @Override
        public Transport transport() {
            return transport;
        }

        @Override
        public SharedMemory memory() {
            return rig.memory();
        }

        @Override
        public void pause(long timeoutNanos) {
            rig.pause(timeoutNanos);
            inPauses.run();
        }

        @Override
        public String state() {
            return rig.state();
        }

        @Override
        public void close() {
            rig.close();
        }
    }
}
