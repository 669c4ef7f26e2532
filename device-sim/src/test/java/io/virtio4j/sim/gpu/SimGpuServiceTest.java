// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.create2d;
import static io.virtio4j.sim.gpu.Messages.cursor;
import static io.virtio4j.sim.gpu.Messages.fenced;
import static io.virtio4j.sim.gpu.Messages.flush;
import static io.virtio4j.sim.gpu.Messages.le64;
import static io.virtio4j.sim.gpu.Messages.setScanout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuQueues;
import io.virtio4j.wire.GpuResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When commands complete: in order, after their effects, after their service time, and never after a reset. */
final class SimGpuServiceTest {
    private static final long NEVER_NANOS = TimeUnit.DAYS.toNanos(1);

    private static void offer(GpuRig rig, int queue, byte[] request, long token) {
        rig.offer(queue, request, new int[] {request.length}, new int[] {24}, token);
    }

    /** Serves until something is used; as long as nothing is, the device must ask to be called again. */
    private static void serviceUntilUsed(GpuRig rig, int queue) {
        long startNanos = System.nanoTime();
        while (!rig.poll(queue)) {
            assertThat(rig.session.service()).as("asks to be called again").isPositive();
            assertThat(System.nanoTime() - startNanos).as("waited for").isLessThan(TimeUnit.SECONDS.toNanos(20));
        }
    }

    @Test
    @Clause({"GPU-DEV-FENCE-COMPLETE-FIRST", "GPU-DEV-FENCE-RESPOND-LATE"})
    void aCommandCompletesWhenItsServiceTimeHasPassedAndAfterItsEffect() {
        long serviceTimeNanos = TimeUnit.MILLISECONDS.toNanos(2);
        GpuRig rig = new GpuRig(SimGpuConfig.of(8, 8).withServiceTimeNanos(serviceTimeNanos));
        byte[] request = fenced(create2d(1, GpuFormat.B8G8R8A8, 8, 8), 77, 0);
        long startNanos = System.nanoTime();
        offer(rig, GpuQueues.CONTROL, request, 1);

        serviceUntilUsed(rig, GpuQueues.CONTROL);

        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(serviceTimeNanos);
        assertThat(le64(rig.written(), 8)).isEqualTo(77);
        assertThat(rig.session.service()).as("nothing left to do").isZero();
    }

    @Test
    void aQueueThatStopsGivesBackTheCommandThatWasDone() {
        GpuRig rig = new GpuRig(SimGpuConfig.of(8, 8).withServiceTimeNanos(NEVER_NANOS));
        offer(rig, GpuQueues.CONTROL, create2d(1, GpuFormat.B8G8R8A8, 8, 8), 1);
        rig.session.service();
        assertThat(rig.poll(GpuQueues.CONTROL)).isFalse();

        assertThat(rig.device.onQueueStop(GpuQueues.CONTROL)).isTrue();

        assertThat(rig.poll(GpuQueues.CONTROL))
                .as("it was done, and must not be done again by whoever goes on")
                .isTrue();
        assertThat(rig.session.service()).isZero();
    }

    @Test
    void aDriverThatNeverStopsDoesNotKeepTheDeviceFromOtherWork() {
        GpuRig[] rigs = new GpuRig[1];
        int[] flushes = {0};
        byte[] flush = Messages.flush(1, 0, 0, 8, 8);
        // As if the driver, on another CPU, offered the next command while one is done.
        rigs[0] = new GpuRig(SimGpuConfig.of(8, 8), (scanoutId, view, x, y, width, height) -> {
            if (++flushes[0] < 4 * GpuRig.QUEUE_SIZE) {
                while (rigs[0].poll(GpuQueues.CONTROL)) {
                    // Its descriptors are free again.
                }
                offer(rigs[0], GpuQueues.CONTROL, flush, 2);
            }
        });
        rigs[0].control(create2d(1, GpuFormat.B8G8R8A8, 8, 8));
        rigs[0].control(setScanout(0, 1, 0, 0, 8, 8));
        offer(rigs[0], GpuQueues.CONTROL, flush, 2);
        rigs[0].session.service();
        assertThat(flushes[0]).isBetween(1, 2 * GpuRig.QUEUE_SIZE);
    }

    @Test
    void theNextCommandIsTakenWhenTheOneBeforeIsDone() {
        GpuRig rig = new GpuRig(SimGpuConfig.of(8, 8).withServiceTimeNanos(NEVER_NANOS));
        offer(rig, GpuQueues.CONTROL, create2d(1, GpuFormat.B8G8R8A8, 8, 8), 1);
        rig.session.service();
        // The request's memory is the rig's only one: were the second taken, its effect would show.
        offer(rig, GpuQueues.CONTROL, setScanout(0, 1, 0, 0, 8, 8), 2);
        for (int i = 0; i < 100; i++) {
            assertThat(rig.session.service()).isPositive();
        }
        assertThat(rig.poll(GpuQueues.CONTROL)).isFalse();
        assertThat(rig.scanout.events).isEmpty();
    }

    @Test
    void commandsCompleteInTheOrderInWhichTheyWereMadeAvailable() {
        GpuRig rig = new GpuRig(SimGpuConfig.of(8, 8).withServiceTimeNanos(1_000));
        byte[] request = fenced(Messages.displayInfo(), 1, 0);
        for (int token = 0; token < 50; token++) {
            offer(rig, GpuQueues.CONTROL, request, token);
        }
        List<Long> tokens = new ArrayList<>();
        while (tokens.size() < 50) {
            serviceUntilUsed(rig, GpuQueues.CONTROL);
            tokens.add(rig.lastToken());
        }
        assertThat(tokens).isSorted();
    }

    @Test
    @Clause("GPU-QUEUES")
    void aSlowControlCommandDoesNotHoldUpTheCursor() {
        GpuRig rig = new GpuRig(SimGpuConfig.of(8, 8).withServiceTimeNanos(TimeUnit.MILLISECONDS.toNanos(1)));
        GpuRig slow = new GpuRig(SimGpuConfig.of(8, 8).withServiceTimeNanos(NEVER_NANOS));
        byte[] move = cursor(GpuCommand.MOVE_CURSOR, 0, 3, 4, 0, 0, 0);
        offer(slow, GpuQueues.CONTROL, create2d(1, GpuFormat.B8G8R8A8, 8, 8), 1);
        slow.session.service();
        offer(slow, GpuQueues.CURSOR, move, 2);
        slow.session.service();
        assertThat(slow.scanout.events).containsExactly("cursor 0 to 3,4");

        offer(rig, GpuQueues.CURSOR, move, 3);
        serviceUntilUsed(rig, GpuQueues.CURSOR);
        assertThat(rig.lastToken()).isEqualTo(3);
    }

    @Test
    @Clause({"CORE-DEV-RESET-QUIET", "CORE-DEV-RESET-STATUS-ZERO"})
    void aResetIsAnsweredAtOnceAndNothingCompletesAfterIt() {
        GpuRig rig = new GpuRig(SimGpuConfig.of(8, 8).withServiceTimeNanos(NEVER_NANOS));
        offer(rig, GpuQueues.CONTROL, create2d(1, GpuFormat.B8G8R8A8, 8, 8), 1);
        rig.session.service();

        assertThat(rig.session.writeStatus(DeviceStatus.RESET)).isZero();

        for (int i = 0; i < 10; i++) {
            assertThat(rig.session.service()).isZero();
        }
        assertThat(rig.poll(GpuQueues.CONTROL)).isFalse();
        assertThat(rig.errors).isEmpty();
    }

    @Test
    void afterAResetTheDeviceTakesCommandsAgain() {
        GpuRig rig = new GpuRig(SimGpuConfig.of(8, 8).withServiceTimeNanos(NEVER_NANOS));
        offer(rig, GpuQueues.CURSOR, cursor(GpuCommand.MOVE_CURSOR, 0, 1, 1, 0, 0, 0), 1);
        rig.session.service();
        rig.start();
        offer(rig, GpuQueues.CURSOR, cursor(GpuCommand.MOVE_CURSOR, 0, 2, 2, 0, 0, 0), 2);
        rig.session.service();
        assertThat(rig.scanout.events).containsExactly("cursor 0 to 1,1", "cursor 0 to 2,2");
        assertThat(rig.poll(GpuQueues.CURSOR)).isFalse();
    }

    @Test
    void indicesRunPast65535() {
        GpuRig rig = GpuRig.withDisplay(8, 8);
        rig.type(create2d(1, GpuFormat.B8G8R8A8, 8, 8));
        rig.type(setScanout(0, 1, 0, 0, 8, 8));
        byte[] request = flush(1, 0, 0, 8, 8);
        int right = 0;
        for (int i = 0; i < 70_000; i++) {
            right += rig.type(request) == GpuResponse.OK_NODATA ? 1 : 0;
        }
        assertThat(right).isEqualTo(70_000);
        assertThat(rig.scanout.flushes).hasSize(70_000);
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        SimGpuConfig config = SimGpuConfig.of(8, 8);
        assertThatThrownBy(() -> config.withServiceTimeNanos(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1 ns");
        assertThatThrownBy(() -> config.withLimits(-2, 1)).hasMessageContaining("-2 host bytes");
        assertThatThrownBy(() -> config.withLimits(1, -3)).hasMessageContaining("-3 resources");
    }
}
