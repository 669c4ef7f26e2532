// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing;
import io.virtio4j.sim.hostile.RawDriverRing.Used;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.step.CompletionPlan;
import io.virtio4j.sim.step.DeviceType;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedDevice;
import io.virtio4j.wire.Features;

/**
 * A device of no type: it answers each byte with the next one up. It takes a chain in one step and answers it in the next, so
 * that a case can change memory between.
 */
public final class EchoParty {
    /** How many queues it has. */
    public static final int QUEUES = 2;

    /** How many descriptors each takes at most. */
    public static final int MAX_QUEUE_SIZE = 1024;

    /** How long its configuration is, in bytes; what is written to it is read back. */
    public static final int CONFIG_BYTES = 12;

    /** The most bytes that it answers. */
    public static final int MAX_ANSWER_BYTES = 4096;

    private static final int DEVICE_ID = 63;
    private static final int REQUEST_BYTES = 24;
    private static final int STEPS_HELD = 2;

    private EchoParty() {}

    /** {@return the device, stepped, as a party} */
    public static DeviceUnderTest stepped() {
        return new DeviceUnderTest("echo", EchoParty::device, EchoParty::request).having(Need.ECHO, Need.HOLDS_CHAINS);
    }

    private static VirtioDevice device() {
        DeviceType type = new DeviceType(DEVICE_ID, Features.NONE, QUEUES, MAX_QUEUE_SIZE, CONFIG_BYTES);
        StepPlan plan =
                StepPlan.prompt(1).withCompletions(CompletionPlan.PROMPT.withDelaySteps(STEPS_HELD, STEPS_HELD));
        return new SteppedDevice(type, (queueIndex, chain) -> answer(chain), plan);
    }

    private static long answer(DescriptorChain chain) {
        int length = (int) Math.min(MAX_ANSWER_BYTES, Math.min(chain.readableBytes(), chain.writableBytes()));
        for (int i = 0; i < length; i++) {
            chain.putByte(i, chain.getByte(i) + 1);
        }
        return length;
    }

    /**
     * Sends bytes and checks the answer.
     *
     * @param driver a driver at DRIVER_OK with queue 0
     * @param stage the case's
     */
    static void request(RawDriver driver, Stage stage) {
        byte[] sent = stage.randomBytes(REQUEST_BYTES);
        long answer = stage.memory().writable(REQUEST_BYTES);
        RawDriverRing ring = driver.ring(0);
        int id = ring.offer(
                Desc.readable(stage.memory().readable(sent), REQUEST_BYTES), Desc.writable(answer, REQUEST_BYTES));
        driver.kick(0);
        Used used = driver.awaitUsed(0, id);
        stage.requireHonest(used.lengthBytes() == REQUEST_BYTES, "the good request was answered with " + used);
        requireEcho(stage, sent, answer);
    }

    /** Checks that an answer is what the device makes of a request. */
    static void requireEcho(Stage stage, byte[] sent, long answer) {
        byte[] got = stage.memory().get(answer, sent.length);
        for (int i = 0; i < sent.length; i++) {
            stage.requireHonest(
                    got[i] == (byte) (sent[i] + 1), "byte " + i + " was " + sent[i] + ", its answer is " + got[i]);
        }
    }
}
