// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.PlatformFeatures;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.List;

/**
 * Both ends of the registers of an in-process device, without the threads and the waiting that a transport adds: each method is
 * one step of the driver or of the device. Here, and not with the stress tests that use it, since what it joins is not public.
 */
public final class RegisterPair {
    /** How much memory the registers take. */
    public static final int LENGTH_BYTES = ControlBlock.LENGTH_BYTES;

    private static final int SET_UP = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK;

    private final ControlBlock control;
    private final DeviceRegisters device;

    /** The driver's. */
    private int serial;

    /**
     * Makes the registers of a device that has been told of its driver and has agreed on features.
     *
     * @param registers {@link #LENGTH_BYTES} of zeroed memory
     * @param device the device
     * @param memory the guest's memory
     * @param features what was negotiated
     */
    public RegisterPair(SharedMemory registers, VirtioDevice device, GuestMemory memory, Features features) {
        control = new ControlBlock(registers);
        this.device = new DeviceRegisters(control, device, memory, PlatformFeatures.NONE, false, error -> {});
        session().acknowledgeFeatures(features);
        session().writeStatus(SET_UP);
    }

    private DeviceSession session() {
        return device.session();
    }

    // --- driver ------------------------------------------------------------------------------------------------

    /**
     * Tells the device of a queue and writes DRIVER_OK (H).
     *
     * @param queue what the device is told
     */
    public void start(QueueConfig queue) {
        List<ActivatedQueue> queues = List.of(new ActivatedQueue(queue, CallSink.NONE, null));
        request(RegisterRequest.writeStatus(SET_UP | DeviceStatus.DRIVER_OK, queue.features(), queues));
    }

    /** Writes a status of 0. */
    public void reset() {
        request(RegisterRequest.writeStatus(0, Features.NONE, List.of()));
    }

    /** Asks for the reset of the queue. */
    public void resetQueue() {
        request(RegisterRequest.resetQueue(0));
    }

    /** Asks whether the reset of the queue is complete. */
    public void askWhetherQueueIsReset() {
        request(RegisterRequest.isQueueReset(0));
    }

    /** {@return whether the last request was answered (I')} */
    public boolean isAnswered() {
        return control.isAnswered(serial);
    }

    /** {@return whether the last answer was yes} */
    public boolean isYes() {
        return control.isYes();
    }

    private void request(RegisterRequest request) {
        device.give(request);
        serial = control.request();
    }

    /** {@return whether the last request was answered, and the status is 0 (I')} */
    public boolean isReset() {
        return isAnswered() && control.status() == 0;
    }

    // --- device ------------------------------------------------------------------------------------------------

    /** {@return how many requests were answered: 1 or 0 (H'; I with the answer)} */
    public int answerRequests() {
        return device.answerRequests();
    }

    /** Serves the queue once. */
    public void service() {
        session().service();
    }
}
