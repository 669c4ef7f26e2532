// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

import io.virtio4j.stress.model.explore.Step.Access;
import io.virtio4j.stress.model.explore.Step.Load;
import io.virtio4j.stress.model.explore.Step.Store;
import io.virtio4j.stress.model.explore.Step.Swap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A program on a machine with one memory model: its states, and the steps from one to the next.
 *
 * <p>A state says what memory holds, what each load has found, and which accesses of each thread have taken effect. An access
 * may take effect as soon as those have that it must not overtake. A store that has not, while a later access has, is what a
 * store buffer holds.
 */
final class Machine {
    private static final int MASK_BYTES = Long.BYTES;

    final List<ThreadCode> threads = new ArrayList<>();
    private final List<String> cells = new ArrayList<>();
    private final List<Integer> values = new ArrayList<>();

    /** For each access of each thread, the numbers of its cells, where its loads go in a state, and the value it leaves. */
    private final int[][][] cellsOf;

    private final int[][] registerOf;
    private final byte[][] storedBy;
    private final int masksAt;
    private final byte[] initial;

    Machine(Program program, MemoryModel model) {
        program.threads().forEach((name, steps) -> threads.add(new ThreadCode(name, steps, model)));
        cellsOf = new int[threads.size()][][];
        registerOf = new int[threads.size()][];
        storedBy = new byte[threads.size()][];
        value(0);
        int registers = 0;
        for (int thread = 0; thread < threads.size(); thread++) {
            List<Access> accesses = threads.get(thread).accesses;
            cellsOf[thread] = new int[accesses.size()][];
            registerOf[thread] = new int[accesses.size()];
            storedBy[thread] = new byte[accesses.size()];
            for (int i = 0; i < accesses.size(); i++) {
                Access access = accesses.get(i);
                cellsOf[thread][i] =
                        access.cells().stream().mapToInt(this::cell).toArray();
                registerOf[thread][i] = registers;
                registers += access.cells().size();
                storedBy[thread][i] = access.stores() ? value(stored(access)) : 0;
            }
        }
        program.initially().keySet().forEach(this::cell);
        for (int[] ofThread : registerOf) {
            Arrays.setAll(ofThread, i -> ofThread[i] + cells.size());
        }
        masksAt = cells.size() + registers;
        initial = new byte[masksAt + threads.size() * MASK_BYTES];
        program.initially().forEach((cell, value) -> initial[cell(cell)] = value(value));
    }

    private int cell(String name) {
        if (!cells.contains(name)) {
            cells.add(name);
        }
        return cells.indexOf(name);
    }

    private byte value(int value) {
        if (!values.contains(value)) {
            values.add(value);
        }
        int index = values.indexOf(value);
        if (index > Byte.MAX_VALUE) {
            throw new IllegalArgumentException("more than " + Byte.MAX_VALUE + " different values");
        }
        return (byte) index;
    }

    byte[] initial() {
        return initial.clone();
    }

    long done(byte[] state, int thread) {
        long mask = 0;
        for (int i = 0; i < MASK_BYTES; i++) {
            mask |= (state[masksAt + thread * MASK_BYTES + i] & 0xFFL) << (Byte.SIZE * i);
        }
        return mask;
    }

    boolean isEnd(byte[] state) {
        for (int thread = 0; thread < threads.size(); thread++) {
            if (Long.bitCount(done(state, thread))
                    < threads.get(thread).accesses.size()) {
                return false;
            }
        }
        return true;
    }

    /** The state after an access that may take effect, or null where the value found is not the one of this program. */
    byte @Nullable [] after(byte[] state, int thread, int index) {
        ThreadCode code = threads.get(thread);
        Access access = code.accesses.get(index);
        byte[] next = state.clone();
        next[masksAt + thread * MASK_BYTES + index / Byte.SIZE] |= (byte) (1 << (index % Byte.SIZE));
        if (access.loads()) {
            long done = done(state, thread);
            IntPredicate onlyIf = condition(access);
            int[] from = cellsOf[thread][index];
            for (int i = 0; i < from.length; i++) {
                int waiting = code.latestStore[index][i];
                boolean isWaiting = waiting >= 0 && (done >>> waiting & 1) == 0;
                byte found = isWaiting ? storedBy[thread][waiting] : state[from[i]];
                if (onlyIf != null && !onlyIf.test(values.get(found))) {
                    return null;
                }
                next[registerOf[thread][index] + i] = found;
            }
        }
        if (access.stores()) {
            next[cellsOf[thread][index][0]] = storedBy[thread][index];
        }
        return next;
    }

    private static int stored(Access access) {
        return access instanceof Store store ? store.value() : ((Swap) access).value();
    }

    private static @Nullable IntPredicate condition(Access access) {
        return access instanceof Load load ? load.onlyIf() : ((Swap) access).onlyIf();
    }

    /** What an access has done in a state that it led to. */
    String text(byte[] state, int thread, int index) {
        Access access = threads.get(thread).accesses.get(index);
        if (!access.loads()) {
            return access.toString();
        }
        StringBuilder text = new StringBuilder(access.toString()).append(access.stores() ? ", found" : " =");
        for (int i = 0; i < access.cells().size(); i++) {
            text.append(i > 0 ? " +" : "").append(' ').append(values.get(state[registerOf[thread][index] + i]));
        }
        return text.toString();
    }

    Outcome outcome(byte[] state) {
        return new Outcome() {
            @Override
            public int loaded(String thread, String cell, int occurrence) {
                int left = occurrence;
                for (int t = 0; t < threads.size(); t++) {
                    List<Access> accesses = threads.get(t).accesses;
                    for (int i = 0; threads.get(t).name.equals(thread) && i < accesses.size(); i++) {
                        int place = accesses.get(i).cells().indexOf(cell);
                        if (accesses.get(i).loads() && place >= 0 && left-- == 0) {
                            return values.get(state[registerOf[t][i] + place]);
                        }
                    }
                }
                throw new IllegalArgumentException(thread + " has no load " + occurrence + " of " + cell);
            }

            @Override
            public int holds(String cell) {
                if (!cells.contains(cell)) {
                    throw new IllegalArgumentException("there is no cell " + cell);
                }
                return values.get(state[cells.indexOf(cell)]);
            }
        };
    }
}
