// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.RecordingRegisters;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.AgentInvoker;
import org.junit.jupiter.api.Test;

/**
 * The exact sequence of accesses and fences of the registers of an in-process device, both sides in turn on one thread, with
 * what the driver and the device do around them: letters H and I.
 */
final class ControlBlockOrderTest {
    private static final String SEND = "opaque store request";
    private static final String TAKE = "opaque load request";
    private static final String ANSWER = "opaque store answer";
    private static final String LOOK = "opaque load answer";

    private final List<String> lines = new ArrayList<>();
    private final SharedMemory memory = SharedMemory.allocate(1 << 16, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final List<Throwable> errors = new ArrayList<>();
    private final InProcessTransport transport = InProcessTransport.forAgent(
            new NotingDevice(),
            GuestMemory.of(memory),
            new ControlBlock(new RecordingRegisters(
                    ControlBlock.LENGTH_BYTES, offset -> offset == 0 ? "request" : "answer", lines)),
            DriverRegisters.ANSWER_TIMEOUT_NANOS,
            errors::add);

    /** Notes what it is told, and when it lets go. */
    private final class NotingDevice implements VirtioDevice {
        private final ConfigSpace config = new ConfigSpace(0);

        @Override
        public int deviceId() {
            return EchoDevice.ID;
        }

        @Override
        public Features offeredFeatures() {
            return Features.NONE;
        }

        @Override
        public int queueCount() {
            return 1;
        }

        @Override
        public int maxQueueSize(int queueIndex) {
            return 16;
        }

        @Override
        public ConfigSpace config() {
            return config;
        }

        @Override
        public void start(Features negotiated, List<DeviceQueue> queues) {
            lines.add("device starts with " + queues.size() + " queue of "
                    + queues.get(0).config().size());
        }

        @Override
        public boolean onQueueStop(int queueIndex) {
            lines.add("device lets go of queue " + queueIndex);
            return true;
        }

        @Override
        public void onQueueStart(DeviceQueue queue) {
            lines.add("device goes on with a queue of " + queue.config().size());
        }

        @Override
        public int onQueue(DeviceQueue queue) {
            return 0;
        }

        @Override
        public void reset() {
            lines.add("device lets go of everything");
        }
    }

    private final AgentInvoker invoker = new AgentInvoker(errors::add, null, transport.agent());

    private DriverSession open() {
        invoker.start();
        return DriverSession.open(
                transport,
                new DriverSpec(
                        EchoDevice.ID, DriverSpec.ALL_RING_FEATURES, Features.of(FeatureBits.RING_RESET), List.of()));
    }

    private ActiveQueue setUp(DriverSession session, int size) {
        return session.setUpQueue(0, size, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
    }

    private List<String> during(Runnable step) {
        lines.clear();
        step.run();
        assertThat(errors).isEmpty();
        return List.copyOf(lines);
    }

    /** H: the queues, then the fence, then the status; H': the status, then the fence, then the queues. */
    @Test
    @Clause({"CORE-DRV-INIT-SEQUENCE", "CORE-QUEUE-LIVE"})
    void theDriverFencesItsQueuesFromDriverOkAndTheDeviceDriverOkFromItsQueues() {
        DriverSession session = open();

        List<String> start = during(() -> {
            setUp(session, 8);
            lines.add("driver has set a queue up");
            session.driverOk();
        });

        assertThat(start)
                .containsExactly(
                        // Is the device at work? Then the queue would have to be enabled by itself.
                        LOOK,
                        "RMB",
                        "driver has set a queue up",
                        "WMB",
                        SEND,
                        LOOK,
                        TAKE,
                        "RMB",
                        "device starts with 1 queue of 8",
                        "WMB",
                        ANSWER,
                        LOOK);
    }

    /** I: the device's last access, then the fence, then status 0; I': status 0, then the fence, then the buffers. */
    @Test
    @Clause({"CORE-DEV-RESET-STATUS-ZERO", "CORE-DEV-RESET-QUIET", "CORE-DRV-RESET-WAIT-ZERO"})
    void theDeviceFencesItsLastAccessFromStatusZeroAndTheDriverStatusZeroFromTheBuffers() {
        DriverSession session = open();
        ActiveQueue active = setUp(session, 8);
        session.driverOk();

        List<String> reset = during(() -> {
            session.reset();
            lines.add("driver takes its buffers back");
            active.queue().cancelAll(token -> {});
        });

        assertThat(reset)
                .containsExactly(
                        "WMB",
                        SEND,
                        LOOK,
                        TAKE,
                        "RMB",
                        "device lets go of everything",
                        "WMB",
                        ANSWER,
                        LOOK,
                        LOOK,
                        "RMB",
                        "driver takes its buffers back");
    }

    /** The same letters for one queue: there the answer is a yes and not a status. */
    @Test
    @Clause({"CORE-DEV-VQRESET-STOP", "CORE-DRV-VQRESET-VERIFY"})
    void aQueuesResetIsFencedAsTheDevicesIs() {
        DriverSession session = open();
        setUp(session, 8);
        session.driverOk();

        List<String> reset = during(() -> {
            session.resetQueue(0);
            lines.add("driver takes its buffers back");
        });

        assertThat(reset)
                .containsExactly(
                        // Does the device work? If not, it would ignore this.
                        LOOK,
                        "RMB",
                        "WMB",
                        SEND,
                        LOOK,
                        TAKE,
                        "RMB",
                        "device lets go of queue 0",
                        "WMB",
                        ANSWER,
                        LOOK,
                        // Is it reset?
                        "WMB",
                        SEND,
                        LOOK,
                        TAKE,
                        "RMB",
                        "WMB",
                        ANSWER,
                        LOOK,
                        LOOK,
                        "RMB",
                        "driver takes its buffers back");
    }

    @Test
    @Clause("CORE-DRV-VQENABLE-CONFIGURE")
    void aQueueThatIsEnabledAgainIsFencedAsAtTheStart() {
        DriverSession session = open();
        setUp(session, 8);
        session.driverOk();
        session.resetQueue(0);

        List<String> enabling = during(() -> setUp(session, 4));

        assertThat(enabling)
                .containsExactly(
                        LOOK,
                        "RMB",
                        "WMB",
                        SEND,
                        LOOK,
                        TAKE,
                        "RMB",
                        "device goes on with a queue of 4",
                        "WMB",
                        ANSWER,
                        LOOK,
                        // Has it taken the queue?
                        LOOK,
                        "RMB");
    }

    /** A device with nothing to do looks again and again: not one fence for that. */
    @Test
    void aDeviceThatIsAskedNothingIssuesNoFence() {
        open();

        assertThat(during(invoker::invoke)).containsExactly(TAKE);
    }

    /** Not asked for, DEVICE_NEEDS_RESET is shown as any status is. */
    @Test
    @Clause("CORE-DEV-NEEDS-RESET-SET")
    void aStatusThatTheDeviceShowsByItselfIsFencedToo() {
        DriverSession session = open();
        setUp(session, 8);
        session.driverOk();

        List<String> end = during(invoker::close);

        assertThat(end).containsExactly("WMB", ANSWER);
        assertThat(during(session::needsReset)).containsExactly(LOOK, "RMB");
    }
}
