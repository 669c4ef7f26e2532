// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.RingFormat;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Plays cases against one party and finds the verdicts.
 *
 * <pre>
 *   open --&gt; play --&gt; settle --&gt; verdict so far --&gt; good request (as it stands, after a reset) --&gt; leaks --&gt; close
 *              '-- exceptions, trespasses, reports, lies: looked for after the play and again at the end
 * </pre>
 *
 * <p>Each case has a thread of its own; one that does not come back in time is WEDGED, is left behind, and its stack is in the
 * result. Any thread may run cases, one at a time.
 *
 * @param <P> the side that the cases play
 */
public final class CaseRunner<P extends PeerPort> {
    /** How long a case may take. */
    public static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long the thread may be late: it is given up after that. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PartyUnderTest<P> party;
    private final long deadlineNanos;

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
        Thread thread = new Thread(attempt, "hostile-" + hostileCase.id());
        thread.setDaemon(true);
        thread.start();
        awaitEnd(thread);
        if (thread.isAlive()) {
            String stack = Arrays.stream(thread.getStackTrace())
                    .map(frame -> "    at " + frame)
                    .collect(Collectors.joining("\n"));
            thread.interrupt();
            return attempt.result(Verdict.WEDGED, "still busy after the deadline\n" + stack);
        }
        return attempt.result();
    }

    private void awaitEnd(Thread thread) {
        try {
            thread.join(TimeUnit.NANOSECONDS.toMillis(deadlineNanos + GRACE_NANOS));
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
        private @Nullable Verdict verdict;
        private String detail = "";
        private @Nullable IllegalStateException mistake;

        Attempt(HostileCase<P> hostileCase, RingFormat format, long seed) {
            this.hostileCase = hostileCase;
            this.format = format;
            this.seed = seed;
        }

        @Override
        public void run() {
            CaseMemory memory = party.memory();
            try (P port = party.open(format, memory)) {
                Stage stage = new Stage(port, seed, System.nanoTime() + deadlineNanos);
                play(port, stage);
            } catch (RuntimeException | Error e) {
                // Neither the play nor the good request: the party could not be opened or closed.
                conclude(Verdict.ESCAPED, "opening or closing it: " + stackOf(e));
            }
        }

        private void play(P port, Stage stage) {
            if (!guarded("", port, stage, () -> {
                hostileCase.play().play(port, stage);
                stage.settle();
            })) {
                return;
            }
            boolean needsReset = port.needsReset();
            Verdict said = stage.said();
            if (!needsReset && said == null) {
                mistake = new IllegalStateException(hostileCase.id() + " ends without a word of what it saw");
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
            } catch (RuntimeException | Error e) {
                failure = Verdict.ESCAPED;
                what = stackOf(e);
            }
            List<Throwable> escapes = port.escapes();
            List<String> trespasses = port.memory().trespasses();
            Verdict said = stage.said();
            if (!escapes.isEmpty()) {
                failure = Verdict.ESCAPED;
                what = escapes.stream().map(CaseRunner::stackOf).collect(Collectors.joining("\n"));
            } else if (!trespasses.isEmpty()) {
                failure = Verdict.ESCAPED;
                what = String.join("\n", trespasses);
            } else if (failure == null && said != null && said.isFailure()) {
                failure = said;
                what = stage.remarks();
            }
            if (failure != null) {
                conclude(failure, when + what);
            }
            return failure == null;
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
