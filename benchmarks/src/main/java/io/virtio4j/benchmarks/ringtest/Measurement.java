// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import io.virtio4j.examples.cli.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Measures rings and programs, for each number of outstanding buffers in turn. */
final class Measurement {
    /** Every row is held against these, where they were measured. */
    private static final List<String> AGAINST =
            List.of("pingpong1", "pingpong2", "jctools", "agrona", "disruptor", "split", CProgram.NAME);

    private final Ends ends;
    private final Turns turns;
    private final Timing timing;
    private final Progress progress;

    Measurement(Ends ends, Timing timing, Progress progress) {
        this.ends = ends;
        this.turns = new Turns(ends);
        this.timing = timing;
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @param kinds which rings
     * @param cProgram the loop in C
     * @param peers programs of the user's
     * @param cpus what programs are pinned to; may be empty
     * @return a row for each
     */
    List<Row> rows(
            Settings settings, List<RingKind> kinds, Optional<Path> cProgram, List<String> peers, List<Integer> cpus) {
        List<Contender> contenders = new ArrayList<>();
        kinds.forEach(kind -> contenders.add(new RingContender(kind.toString(), kind.make(settings), ends)));
        cProgram.ifPresent(program ->
                contenders.add(new ProgramContender(CProgram.NAME, List.of(program.toString()), settings, cpus)));
        peers.forEach(peer -> contenders.add(new ProgramContender(peer, List.of(peer.split(" +")), settings, cpus)));
        contenders.forEach(contender -> contender.warmUp(timing.warmUpNanos()));
        return rows(
                settings.outstanding(),
                turns.take(contenders, timing.repetitions(), timing.sliceNanos(), progress),
                peers);
    }

    /** {@return kicks and calls, with event index and without} */
    List<Notifications> notifications(Settings settings, long exitNanos) {
        return Notifications.measure(ends, turns, settings, exitNanos, timing, progress);
    }

    private static List<Row> rows(int outstanding, Map<String, List<Sample>> samples, List<String> peers) {
        List<String> against = new ArrayList<>(AGAINST);
        against.addAll(peers);
        List<Row> rows = new ArrayList<>();
        samples.forEach((ring, mine) -> {
            Map<String, Ratio> ratios = new LinkedHashMap<>();
            for (String other : against) {
                List<Sample> theirs = samples.get(other);
                if (theirs != null && !other.equals(ring)) {
                    ratios.put(other, Ratio.of(mine, theirs));
                }
            }
            rows.add(Row.of(ring, outstanding, mine, ratios));
        });
        return rows;
    }
}
