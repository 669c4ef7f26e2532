// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

/**
 * One side publishes and asks whether to wake the other; the other says that it is about to sleep and looks a last time. A wake-up
 * is lost if the one is told that it need not and the other finds nothing.
 *
 * <p>A sample has several rounds over one queue, which begin at a start line. By the second round all that the two sides touch lies
 * in their caches, and the code of a round is short, so that they are a few dozen nanoseconds apart: about as long as a store waits
 * until the other processor has given up its copy of the line. Between rounds the queue is emptied, one side after the other.
 */
abstract class WakeUpRace implements Race {
    /** So that a queue of four descriptors is gone through twice. */
    private static final int ROUNDS = 8;

    private static final int STEPS_OF_A_ROUND = 4;

    private final String ring;
    private final Meeting meeting = new Meeting();

    /** A bit for each round: written by the publisher only. */
    private int told;

    private int publisherRounds;

    /** A bit for each round: written by the sleeper only. */
    private int asleep;

    private int sleeperRounds;

    WakeUpRace(String ring) {
        this.ring = ring;
    }

    /** The publisher puts something into the queue that nobody sees yet. */
    abstract void prepare();

    /** The publisher publishes it and asks. {@return whether it is to wake the other side} */
    abstract boolean publishAndAsk();

    /** The sleeper asks to be woken and looks. {@return whether it found nothing, and would go to sleep} */
    abstract boolean armAndLook();

    /** The sleeper takes what was published, answers, and wants to be left alone again. */
    abstract void takeAndDisarm();

    /** Loads from every line that the other side is about to store to. */
    abstract void bringRingNear();

    @Override
    public final void rehearse() {
        for (int round = 0; round < ROUNDS; round++) {
            prepare();
            bringRingNear();
            // In both orders: what was never seen is left out of compiled code.
            if ((round & 1) == 0) {
                publishAndAsk();
                armAndLook();
            } else {
                armAndLook();
                publishAndAsk();
            }
            takeAndDisarm();
        }
    }

    /** The rounds of the side that publishes. */
    final String publisher() {
        int round = 0;
        int step = 0;
        do {
            prepare();
            if (!isAtStart(Meeting.PUBLISHER, step)) {
                break;
            }
            if (publishAndAsk()) {
                told |= 1 << round;
            }
            round++;
            // At the third step the sleeper has looked, at the fourth it has cleared up.
            if (!meeting.arrive(Meeting.PUBLISHER, step + 3)) {
                break;
            }
            step += STEPS_OF_A_ROUND;
        } while (round < ROUNDS && meeting.arrive(Meeting.PUBLISHER, step));
        publisherRounds = round;
        return "";
    }

    /** The rounds of the side that goes to sleep. */
    final String sleeper() {
        int round = 0;
        int step = 0;
        do {
            if (!isAtStart(Meeting.SLEEPER, step)) {
                break;
            }
            if (armAndLook()) {
                asleep |= 1 << round;
            }
            round++;
            if (!meeting.arrive(Meeting.SLEEPER, step + 3)) {
                break;
            }
            takeAndDisarm();
            step += STEPS_OF_A_ROUND;
        } while (round < ROUNDS && meeting.arrive(Meeting.SLEEPER, step));
        sleeperRounds = round;
        return "";
    }

    /** At the first step nobody stores to the ring any more, at the second both have it in their caches. */
    private boolean isAtStart(int side, int step) {
        if (!meeting.arrive(side, step + 1)) {
            return false;
        }
        bringRingNear();
        return meeting.start(side, step + 2);
    }

    /** What came of all rounds that both sides were in. */
    @Override
    public final String after() {
        int rounds = Math.min(publisherRounds, sleeperRounds);
        if (rounds == 0) {
            return "alone";
        }
        int both = (1 << rounds) - 1;
        if ((~told & asleep & both) != 0) {
            return "lost";
        }
        return (told & ~asleep & both) != 0 ? "woken and both noticed" : "woken";
    }

    @Override
    public final String ring() {
        return ring;
    }
}
