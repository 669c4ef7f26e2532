// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.RingFormat;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plays cases against one party and finds the verdicts.
 *
 * <pre>
 *   open --&gt; play --&gt; settle --&gt; verdict so far --&gt; good request (as it stands, after a reset) --&gt; leaks --&gt; close --&gt; threads
 *              '-- exceptions, trespasses, reports, lies: looked for after the play, after the good request and after the close
 * </pre>
 *
 * <p>Each case has a thread of its own, and so a group for what the party starts: a thread that outlives the party is LEAKED. A case
 * that does not come back in time is WEDGED and left behind, with the stacks of all its threads in the result; those after it get
 * less time. As long as something of it keeps a processor busy no case is played any more: NOT_PLAYED. Any thread may run cases,
 * one at a time.
 *
 * <p>A case that {@linkplain HostileCase#needs needs} what the party has not is SKIPPED.
 *
 * @param <P> the side that the cases play
 */
public final class CaseRunner<P extends PeerPort> {
    /** How long a case may take. */
    public static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long the thread may be late: it is given up after that. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int HASTE = 5;

    private final PartyUnderTest<P> party;
    private final long deadlineNanos;

    /** A case did not come back: the next ones are likely to end so too, and each costs its time. */
    private boolean wedged;

    /**
     * Makes a runner whose cases may take {@link #DEADLINE_NANOS}.
     *
     * @param party whom to play against
     */
    public CaseRunner(PartyUnderTest<P> party) {
        this(party, DEADLINE_NANOS);
    }

    /**
     * Makes a runner.
     *
     * @param party whom to play against
     * @param deadlineNanos how long a case may take
     */
    public CaseRunner(PartyUnderTest<P> party, long deadlineNanos) {
        this.party = party;
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * Plays a case.
     *
     * @param hostileCase the case
     * @param format on which rings: one of the case's
     * @param seed what the case draws its random values from
     * @return what came of it
     * @throws IllegalArgumentException if the case is not played on such rings
     * @throws IllegalStateException if the case did not say what it saw
     */
    public CaseResult run(HostileCase<P> hostileCase, RingFormat format, long seed) {
        if (!hostileCase.rings().contains(format)) {
            throw new IllegalArgumentException(hostileCase + " is for " + hostileCase.rings() + ", not " + format);
        }
        Attempt attempt = new Attempt(hostileCase, format, seed);
        Set<Need> missing = missing(hostileCase);
        if (!missing.isEmpty()) {
            return attempt.result(
                    Verdict.SKIPPED,
                    "needs " + missing.stream().map(Need::words).collect(Collectors.joining(", ")));
        }
        return CaseThreads.busyFromBefore()
                .map(busy -> attempt.result(Verdict.NOT_PLAYED, "a case before it is still busy: " + busy))
                .orElseGet(() -> play(attempt));
    }

    /**
     * Plays many cases, each on each of its rings, one after the other as the stream is read.
     *
     * @param cases the cases
     * @param seed what each draws its random values from
     * @return what came of them, in their order
     */
    public Stream<CaseResult> runAll(Collection<HostileCase<P>> cases, long seed) {
        return cases.stream().flatMap(one -> one.rings().stream().sorted().map(format -> run(one, format, seed)));
    }

    private Set<Need> missing(HostileCase<P> hostileCase) {
        Set<Need> missing = EnumSet.noneOf(Need.class);
        missing.addAll(hostileCase.needs());
        missing.removeAll(party.has());
        return missing;
    }

    private CaseResult play(Attempt attempt) {
        try {
            if (attempt.threads.play(attempt.deadlineNanos + GRACE_NANOS)) {
                return attempt.result();
            }
            String stacks = attempt.threads.stacks();
            attempt.threads.leaveBehind();
            wedged = true;
            return attempt.result(Verdict.WEDGED, "still busy after the deadline\n" + stacks);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a case was played", e);
        }
    }

    /** One play, on its own thread; the result is read after the thread's end. */
    private final class Attempt implements Runnable {
        private final HostileCase<P> hostileCase;
        private final RingFormat format;
        private final long seed;
        private final long deadlineNanos =
                wedged ? CaseRunner.this.deadlineNanos / HASTE : CaseRunner.this.deadlineNanos;
        private final CaseThreads threads;
        private @Nullable Verdict verdict;
        private String detail = "";
        private @Nullable IllegalStateException mistake;

        Attempt(HostileCase<P> hostileCase, RingFormat format, long seed) {
            this.hostileCase = hostileCase;
            this.format = format;
            this.seed = seed;
            this.threads = new CaseThreads("hostile-" + hostileCase.id(), this);
        }

        @Override
        public void run() {
            P port;
            try {
                port = party.open(format, party.memory());
            } catch (RuntimeException | Error e) {
                conclude(Verdict.ESCAPED, "opening it: " + stackOf(e));
                return;
            }
            try {
                play(port, new Stage(port, seed, System.nanoTime() + deadlineNanos));
            } catch (Stage.Mistake e) {
                mistake = e;
            } catch (RuntimeException | Error e) {
                // Neither the play nor the good request: the port itself.
                conclude(Verdict.ESCAPED, "looking at it: " + stackOf(e));
            }
            close(port);
        }

        /** What the party does while it ends is bounded as before; after that nothing is its own any more. */
        private void close(P port) {
            try {
                port.close();
                port.memory().clearPlaces();
            } catch (RuntimeException | Error e) {
                conclude(Verdict.ESCAPED, "closing it: " + stackOf(e));
            }
            List<String> alive = threads.startedAndAlive();
            String found = found(port);
            if (!found.isEmpty()) {
                conclude(Verdict.ESCAPED, "after it was closed: " + found);
            }
            if (!alive.isEmpty()) {
                conclude(Verdict.LEAKED, "alive after it was closed: " + String.join("\n", alive));
            }
        }

        private void play(P port, Stage stage) {
            stage.party(party);
            if (!guarded("", port, stage, () -> {
                hostileCase.play().play(port, stage);
                stage.settle();
            })) {
                return;
            }
            boolean needsReset = port.needsReset();
            Verdict said = stage.said();
            if (!needsReset && said == null) {
                throw new Stage.Mistake(hostileCase.id() + " ends without a word of what it saw");
            }
            List<String> untold = needsReset ? port.untold() : List.of();
            if (!untold.isEmpty()) {
                conclude(Verdict.WEDGED, "it needs a reset: " + String.join("\n", untold));
                return;
            }
            Verdict seen = needsReset || said == null ? Verdict.NEEDS_RESET : said;
            if (guarded("the good request after it: ", port, stage, () -> {
                party.goodRequest(port, stage, needsReset);
                stage.settle();
            })) {
                afterwards(port, stage, seen);
            }
        }

        private void afterwards(P port, Stage stage, Verdict seen) {
            List<String> leaks = port.leaks();
            if (port.needsReset()) {
                conclude(Verdict.WEDGED, "it needs a reset after a good request: " + port.reports());
            } else if (!leaks.isEmpty()) {
                conclude(Verdict.LEAKED, String.join("\n", leaks));
            } else {
                conclude(seen, stage.remarks());
            }
        }

        /** Does something and looks for failures; {@return whether there was none}. */
        private boolean guarded(String when, P port, Stage stage, Runnable step) {
            Verdict failure = null;
            String what = "";
            try {
                step.run();
            } catch (Stage.Wedged e) {
                failure = Verdict.WEDGED;
                what = e.getMessage();
            } catch (Stage.Mistake e) {
                throw e;
            } catch (RuntimeException | Error e) {
                failure = Verdict.ESCAPED;
                what = stackOf(e);
            }
            String found = found(port);
            Verdict said = stage.said();
            if (!found.isEmpty()) {
                failure = Verdict.ESCAPED;
                what = found;
            } else if (failure == null && said != null && said.isFailure()) {
                failure = said;
                what = stage.remarks();
            }
            if (failure != null) {
                conclude(failure, when + what);
            }
            return failure == null;
        }

        /** {@return what left the party, and what it wrote without a right; empty if nothing} */
        private String found(P port) {
            return Stream.concat(port.escapes().stream().map(CaseRunner::stackOf), port.memory().trespasses().stream())
                    .collect(Collectors.joining("\n"));
        }

        private void conclude(Verdict newVerdict, String newDetail) {
            if (verdict == null || !verdict.isFailure()) {
                verdict = newVerdict;
                detail = newDetail;
            }
        }

        CaseResult result() {
            if (mistake != null) {
                throw mistake;
            }
            Verdict concluded = verdict;
            if (concluded == null) {
                throw new IllegalStateException(hostileCase.id() + " has no verdict");
            }
            return result(concluded, detail);
        }

        CaseResult result(Verdict concluded, String why) {
            return new CaseResult(party.name(), format, hostileCase, concluded, why, seed);
        }
    }

    private static String stackOf(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
