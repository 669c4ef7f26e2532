// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a case has while it is played: memory, time, chance, and the place to say what it saw. One thread, the case's.
 *
 * <p>Every wait is bounded by the case's deadline.
 */
public final class Stage {
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long MOMENT_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private final PeerPort port;
    private final SplittableRandom random;
    private final long deadlineNanos;
    private final List<String> remarks = new ArrayList<>();
    private @Nullable Verdict said;
    private @Nullable RawDriver driver;
    private @Nullable PartyUnderTest<?> party;

    /** Thrown out of a play by a wait that came to nothing: the runner makes WEDGED of it. */
    public static final class Wedged extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Wedged(String what) {
            super(what);
        }
    }

    /** The case itself is wrong: neither party has to do with it. */
    static final class Mistake extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Mistake(String what) {
            super(what);
        }
    }

    Stage(PeerPort port, long seed, long deadlineNanos) {
        this.port = port;
        this.random = new SplittableRandom(seed);
        this.deadlineNanos = deadlineNanos;
    }

    /** {@return the memory that both sides see} */
    public CaseMemory memory() {
        return port.memory();
    }

    /** {@return chance, from the run's seed} */
    public SplittableRandom random() {
        return random;
    }

    /**
     * {@return bytes drawn from the run's seed}
     *
     * @param count how many
     */
    public byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return bytes;
    }

    /**
     * {@return the driver that the case has started and whose rings still stand as they should, so that a good request may
     * follow on them}
     */
    public Optional<RawDriver> driver() {
        return Optional.ofNullable(driver);
    }

    void driver(@Nullable RawDriver newDriver) {
        driver = newDriver;
    }

    // --- time --------------------------------------------------------------------------------------------------

    /** {@return when everything must be over, as {@link System#nanoTime} counts} */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /**
     * Lets the party go on until something has happened. If it never does, the play ends here and the party is wedged.
     *
     * @param done whether it has
     * @param what for the report: what was waited for
     * @throws Wedged if it does not happen
     */
    public void await(BooleanSupplier done, String what) {
        while (!done.getAsBoolean()) {
            if (!port.step() && !done.getAsBoolean()) {
                throw new Wedged("nothing more will happen, and it never came: " + what + seen());
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new Wedged("the deadline passed, and it had not come: " + what + seen());
            }
        }
    }

    private String seen() {
        return port.needsReset() ? "; it needs a reset, and told " + port.reports() : "";
    }

    /**
     * Lets the party do all that it will do: as long as the port can tell, else for a few milliseconds.
     *
     * @throws Wedged if it does not come to rest
     */
    public void settle() {
        long endNanos = System.nanoTime() + SETTLE_NANOS;
        while (port.step()) {
            if (port.knowsQuiet()) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new Wedged("the deadline passed, and it had not come to rest");
                }
            } else if (System.nanoTime() - endNanos > 0) {
                return;
            }
        }
    }

    /** Sleeps for the moment that a port gives to a party with threads of its own. */
    public static void moment() {
        LockSupport.parkNanos(MOMENT_NANOS);
    }

    // --- what was seen -----------------------------------------------------------------------------------------

    /** The party went on as if nothing were wrong. */
    public void served() {
        say(Verdict.SERVED, "");
    }

    /**
     * The party refused this, and works on.
     *
     * @param how what showed it
     */
    public void rejected(String how) {
        say(Verdict.REJECTED, how);
    }

    /**
     * The party reported something good that is not.
     *
     * @param what with the values
     */
    public void lied(String what) {
        say(Verdict.LIED, what);
    }

    /**
     * The party did something that it has no right to.
     *
     * @param what with the values
     */
    public void escaped(String what) {
        say(Verdict.ESCAPED, what);
    }

    /**
     * The party kept something.
     *
     * @param what with the values
     */
    public void leaked(String what) {
        say(Verdict.LEAKED, what);
    }

    /**
     * Checks what the party reported.
     *
     * @param right whether it is so
     * @param what the report that would be a lie, with the values
     */
    public void requireHonest(boolean right, String what) {
        if (!right) {
            lied(what);
        }
    }

    private void say(Verdict verdict, String remark) {
        Verdict before = said;
        if (before != null && before.isGood() && verdict.isGood() && before != verdict) {
            throw new Mistake("the case said " + before + " before, and says " + verdict + " now: " + remark);
        }
        if (said == null || (verdict.isFailure() && !said.isFailure())) {
            said = verdict;
        }
        if (!remark.isEmpty()) {
            remarks.add(remark);
        }
    }

    /** {@return whether the case has said what it saw: how the party took it, or a failure} */
    public boolean hasSpoken() {
        return said != null;
    }

    /** {@return the first failure that the case saw, else what it said first; null if nothing} */
    @Nullable
    Verdict said() {
        return said;
    }

    void party(PartyUnderTest<?> newParty) {
        party = newParty;
    }

    /**
     * Has the party do a request of its own kind on the rings of a driver, as they stand, and says what is not right about it. For
     * a party that is a device.
     *
     * @param on a driver at DRIVER_OK with the queues that the party's requests take
     */
    public void requireService(RawDriver on) {
        PartyUnderTest<?> device = party;
        if (device == null) {
            throw new IllegalStateException("no party was given to this stage");
        }
        device.request(on, this);
    }

    String remarks() {
        return String.join("\n", remarks);
    }
}
