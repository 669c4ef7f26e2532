// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.RingFormat;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Something that no honest peer does, and how a sound party takes it. Immutable; played as often as one likes.
 *
 * @param <P> the side that the case plays
 * @param id stable and unique, in kebab case; without the ring where it runs on both
 * @param area what it is about, one word or two: a heading of the table
 * @param clauses ids of the checklist: the rule that the peer breaks, or the one that the party shows
 * @param violates what is wrong, in one sentence
 * @param rings the formats it can be played on
 * @param allowed the verdicts that are right; no failure among them
 * @param play does it
 * @param needs what not every party has, and without which it is not played
 */
public record HostileCase<P extends PeerPort>(
        String id,
        String area,
        List<String> clauses,
        String violates,
        Set<RingFormat> rings,
        Set<Verdict> allowed,
        Play<P> play,
        Set<Need> needs) {

    /** Both formats. */
    public static final Set<RingFormat> BOTH = Set.of(RingFormat.SPLIT, RingFormat.PACKED);

    private static final Pattern KEBAB = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    /**
     * What the peer does. It ends by saying on the stage what it saw, unless the party needs a reset, which is seen anyway.
     *
     * @param <P> the side that the case plays
     */
    @FunctionalInterface
    public interface Play<P extends PeerPort> {
        /**
         * Plays the case.
         *
         * @param port the party under test
         * @param stage what the case may use
         */
        void play(P port, Stage stage);
    }

    /**
     * Checks that the case can be told from others, and can fail.
     *
     * @param id see {@link #id}
     * @param area see {@link #area}
     * @param clauses see {@link #clauses}
     * @param violates see {@link #violates}
     * @param rings see {@link #rings}
     * @param allowed see {@link #allowed}
     * @param play see {@link #play}
     * @param needs see {@link #needs}
     * @throws IllegalArgumentException if not
     */
    public HostileCase {
        needs = Set.copyOf(needs);
        clauses = List.copyOf(clauses);
        rings = Set.copyOf(rings);
        allowed = Set.copyOf(allowed);
        if (!KEBAB.matcher(id).matches()) {
            throw new IllegalArgumentException("a case's id is in kebab case, not " + id);
        }
        if (area.isBlank() || violates.isBlank() || clauses.isEmpty() || rings.isEmpty() || allowed.isEmpty()) {
            throw new IllegalArgumentException(id + " needs an area, a sentence, a clause, a ring and a verdict");
        }
        if ((area + violates).matches("(?s).*[\\t\\n\\r].*")) {
            throw new IllegalArgumentException("a tab or a line end in the words of " + id);
        }
        if (!allowed.stream().allMatch(Verdict::isGood)) {
            throw new IllegalArgumentException(id + " allows what is no good verdict: " + allowed);
        }
    }

    /**
     * Makes a case that any party can play.
     *
     * @param id see {@link #id}
     * @param area see {@link #area}
     * @param clauses see {@link #clauses}
     * @param violates see {@link #violates}
     * @param rings see {@link #rings}
     * @param allowed see {@link #allowed}
     * @param play see {@link #play}
     * @throws IllegalArgumentException if it cannot be told from others, or cannot fail
     */
    public HostileCase(
            String id,
            String area,
            List<String> clauses,
            String violates,
            Set<RingFormat> rings,
            Set<Verdict> allowed,
            Play<P> play) {
        this(id, area, clauses, violates, rings, allowed, play, Set.of());
    }

    /**
     * Makes a case that is played on both formats and has one right verdict.
     *
     * @param <P> the side that the case plays
     * @param id see {@link #id}
     * @param area see {@link #area}
     * @param clauses see {@link #clauses}, separated by spaces
     * @param violates see {@link #violates}
     * @param verdict the right one
     * @param play see {@link #play}
     * @return the case
     */
    public static <P extends PeerPort> HostileCase<P> of(
            String id, String area, String clauses, String violates, Verdict verdict, Play<P> play) {
        return new HostileCase<>(id, area, List.of(clauses.split(" ")), violates, BOTH, EnumSet.of(verdict), play);
    }

    /**
     * {@return the same case on one format only}
     *
     * @param format which
     */
    public HostileCase<P> on(RingFormat format) {
        return new HostileCase<>(id, area, clauses, violates, Set.of(format), allowed, play, needs);
    }

    /**
     * {@return the same case, in which another verdict is right too}
     *
     * @param verdict which
     */
    public HostileCase<P> or(Verdict verdict) {
        Set<Verdict> more = EnumSet.copyOf(allowed);
        more.add(verdict);
        return new HostileCase<>(id, area, clauses, violates, rings, more, play, needs);
    }

    /**
     * {@return the same case, in which no other verdict is right}
     *
     * @param verdict which
     */
    public HostileCase<P> only(Verdict verdict) {
        return new HostileCase<>(id, area, clauses, violates, rings, EnumSet.of(verdict), play, needs);
    }

    /**
     * {@return the same case, for parties that have more than others}
     *
     * @param more what it needs, beside what it needs already
     */
    public HostileCase<P> needing(Need... more) {
        Set<Need> all = EnumSet.noneOf(Need.class);
        all.addAll(needs);
        all.addAll(List.of(more));
        return new HostileCase<>(id, area, clauses, violates, rings, allowed, play, all);
    }

    @Override
    public String toString() {
        return id;
    }
}
