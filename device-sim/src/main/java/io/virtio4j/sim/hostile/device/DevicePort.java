// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.PeerPort;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A driver as its device sees it. The case plays the device: it is honest at first, and a case puts something else in
 * the place of what it shows ({@link #registers}), how it answers ({@link #onAnswer}), how it uses chains ({@link
 * #onUse}) or what else it does meanwhile ({@link #onTurn}).
 *
 * <pre>
 *   driver: open, then requests            one {@link #step()} each, as its user has it do them
 *       |  kicks, or waits
 *       v
 *   a turn: onTurn, then each chain: the honest answer --onAnswer--&gt; written --onUse--&gt; used, call
 * </pre>
 *
 * <p>VirtIO 1.2, 2.1 to 2.9: what a device shows to any driver.
 */
public interface DevicePort extends PeerPort {
    /** {@return what the device shows in its registers} */
    ShownRegisters registers();

    /** What a device answers. */
    @FunctionalInterface
    interface AnswerScript {
        /**
         * Changes an answer.
         *
         * @param request what the driver wrote
         * @param honest what an honest device answers; an array of the script's own
         * @return what is written from the begin of the writable parts on; nothing to keep the chain, and the driver
         *     waiting
         */
        Optional<byte[]> answer(byte[] request, byte[] honest);
    }

    /** How a device uses a chain that is answered. */
    @FunctionalInterface
    interface UseScript {
        /**
         * Uses a chain, or does something else.
         *
         * @param ring where it came from
         * @param chain the chain
         * @param writtenBytes how many bytes of the answer were written
         */
        void use(RawDeviceRing ring, RawChain chain, int writtenBytes);
    }

    /** What a device does when it hears a kick. */
    @FunctionalInterface
    interface KickScript {
        /**
         * Looks at a kick.
         *
         * @param queueIndex the queue whose doorbell was rung
         * @param payload what it carried: see {@code DriverQueue.notificationPayload}
         */
        void kicked(int queueIndex, int payload);
    }

    /**
     * Does something at each kick from here on, before the turn that it gives the device.
     *
     * @param script is told of each
     */
    void onKick(KickScript script);

    /**
     * Answers in another way from here on.
     *
     * @param script asked for each chain
     */
    void onAnswer(AnswerScript script);

    /**
     * Uses chains in another way from here on.
     *
     * @param script asked for each chain
     */
    void onUse(UseScript script);

    /**
     * Does something more in each turn, before the chains, while the driver has set DRIVER_OK.
     *
     * @param turn what
     */
    void onTurn(Runnable turn);

    /**
     * Does something more behind each turn's chains, while the driver has set DRIVER_OK.
     *
     * @param turn what
     */
    void afterTurn(Runnable turn);

    /**
     * Does something when the driver has set up a queue, be it before DRIVER_OK.
     *
     * @param script is given the device's half of it
     */
    void onSetUp(Consumer<RawDeviceRing> script);

    /** Has the driver's user close the driver, which resets the device, and open it again. Steps go on from there. */
    void restart();

    /**
     * Keeps a chain that was answered: to be used later, honestly.
     *
     * @param ring where it came from
     * @param chain the chain
     */
    void keep(RawDeviceRing ring, RawChain chain);

    /**
     * Sends no used-buffer notification from here on, or does again.
     *
     * @param mute which
     */
    void muteCalls(boolean mute);

    /**
     * Sends used-buffer notifications right after each reset of the device or of a queue, to whoever listened before.
     *
     * @param count how many
     */
    void callAfterReset(int count);

    /** Answers and uses all chains that a script kept, honestly. */
    void releaseKept();

    /** {@return how many chains a script has kept} */
    int kept();

    /**
     * {@return the device's half of a queue; nothing if the driver has not set it up}
     *
     * @param queueIndex which
     */
    Optional<RawDeviceRing> ring(int queueIndex);

    /**
     * Sends a used-buffer notification.
     *
     * @param queueIndex which queue is named; one that the driver does not know goes to whoever listens
     */
    void call(int queueIndex);

    /** Sends a configuration-change notification. */
    void configChange();

    /**
     * Has a turn when the driver kicks and at no other time, or whenever it waits as well: who does not kick then waits
     * in vain.
     *
     * @param only which
     */
    void turnsOnlyWhenKicked(boolean only);

    /**
     * {@return how often the driver has kicked a queue, by now}
     *
     * @param queueIndex which
     */
    int kicks(int queueIndex);

    /** {@return what the driver acknowledged last} */
    Features acknowledged();

    /** {@return every value that the driver wrote to the status field, in order} */
    List<Integer> statusWrites();

    /** The driver's user expects no answer, and waits for a moment only. Before the first {@link #step()}. */
    void expectSilence();

    /** Is honest from here on, in everything; chains that were kept are used. */
    void behave();

    /** {@return what the driver told its user so far, one for each {@link #step()}; empty where that cannot be seen} */
    List<Told> told();
}
