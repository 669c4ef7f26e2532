// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.FieldOffsets;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QueueCountersTest {
    private final QueueCounters counters = new QueueCounters();

    @ParameterizedTest
    @EnumSource(QueueCounter.class)
    void eachCounterStartsAtZeroAndIsNobodyElses(QueueCounter counter) {
        assertThat(counters.get(counter)).isZero();

        add(counter, 3);
        add(counter, 1L << 40);

        for (QueueCounter other : QueueCounter.values()) {
            assertThat(counters.get(other)).isEqualTo(other == counter ? (1L << 40) + 3 : 0);
        }
    }

    @Test
    void aSnapshotStaysAsItWas() {
        counters.addSpins(5);
        QueueStats snapshot = counters.snapshot();

        counters.addSpins(5);

        assertThat(snapshot.get(QueueCounter.SPINS)).isEqualTo(5);
    }

    @Test
    void theDifferenceOfTwoSnapshotsIsWhatWasAddedBetweenThem() {
        counters.addWmb(5);
        counters.addRmb(1);
        QueueStats earlier = counters.snapshot();
        counters.addWmb(2);

        QueueStats difference = counters.snapshot().minus(earlier);

        assertThat(difference.get(QueueCounter.WMB)).isEqualTo(2);
        assertThat(difference.get(QueueCounter.RMB)).isZero();
        assertThat(earlier.get(QueueCounter.WMB)).isEqualTo(5);
    }

    @Test
    void equalValuesAreEqualAndSaidByName() {
        QueueStats none = counters.snapshot();
        counters.addKicksSent(7);
        QueueStats some = counters.snapshot();

        assertThat(some).isEqualTo(counters.snapshot()).isNotEqualTo(none).hasSameHashCodeAs(counters.snapshot());
        assertThat(some.minus(some)).isEqualTo(none);
        assertThat(some)
                .hasToString("POLL_FENCES=0 SPINS=0 COMPLETIONS=0 WMB=0 RMB=0 MB=0 KICKS_SENT=7 "
                        + "KICKS_SUPPRESSED=0 CALLS_SENT=0 CALLS_SUPPRESSED=0 BROKEN=0");
    }

    /** Two cache lines on either side: neighbours on the heap are written by other threads. */
    @Test
    void theCountersShareNoCacheLineWithAnythingElse() {
        long[] before = FieldOffsets.of(QueueCounters.class.getSuperclass().getSuperclass(), "before");
        long[] cells = FieldOffsets.of(QueueCounters.class.getSuperclass(), "");
        long[] after = FieldOffsets.of(QueueCounters.class, "after");

        assertThat(cells).hasSize(QueueCounter.values().length);
        assertThat(cells[0] - before[0]).isGreaterThanOrEqualTo(128);
        assertThat(after[after.length - 1] - cells[cells.length - 1]).isGreaterThanOrEqualTo(128);
        assertThat(before[before.length - 1]).isLessThan(cells[0]);
        assertThat(after[0]).isGreaterThan(cells[cells.length - 1]);
    }

    @Test
    void countersThatAreTurnedOffStayZero() throws ReflectiveOperationException {
        String property = "io.virtio4j.counters";
        System.setProperty(property, "off");
        try {
            Class<?> off = new AnotherCopy().loadClass(QueueCounters.class.getName());
            Object none = off.getConstructor().newInstance();
            for (Method method : off.getMethods()) {
                if (method.getName().startsWith("add")) {
                    method.invoke(none, 5L);
                }
            }
            assertThat(off.getMethod("snapshot").invoke(none)).asString().doesNotContainPattern("[1-9]");
        } finally {
            System.clearProperty(property);
        }
    }

    /** Loads the counters a second time, since whether they count is decided when they are loaded. */
    private static final class AnotherCopy extends ClassLoader {
        AnotherCopy() {
            super(QueueCountersTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(QueueCounters.class.getPackageName() + ".Queue")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** A reader on another thread sees each counter rise and never fall, and in the end all of it. */
    @Test
    void anyThreadMayReadWhileOneAdds() throws InterruptedException, ExecutionException, TimeoutException {
        int additions = 200_000;
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            Future<List<Long>> seen = reader.submit(() -> {
                List<Long> values = new ArrayList<>();
                long last = -1;
                while (last < additions && !Thread.currentThread().isInterrupted()) {
                    long now = counters.get(QueueCounter.SPINS);
                    if (now != last) {
                        values.add(now);
                        last = now;
                    }
                }
                return values;
            });
            for (int i = 0; i < additions; i++) {
                counters.addSpins(1);
            }
            assertThat(seen.get(30, TimeUnit.SECONDS)).isSorted().endsWith((long) additions);
        } finally {
            reader.shutdownNow();
        }
    }

    private void add(QueueCounter counter, long amount) {
        switch (counter) {
            case POLL_FENCES -> counters.addPollFences(amount);
            case SPINS -> counters.addSpins(amount);
            case COMPLETIONS -> counters.addCompletions(amount);
            case WMB -> counters.addWmb(amount);
            case RMB -> counters.addRmb(amount);
            case MB -> counters.addMb(amount);
            case KICKS_SENT -> counters.addKicksSent(amount);
            case KICKS_SUPPRESSED -> counters.addKicksSuppressed(amount);
            case CALLS_SENT -> counters.addCallsSent(amount);
            case CALLS_SUPPRESSED -> counters.addCallsSuppressed(amount);
            case BROKEN -> counters.addBroken(amount);
        }
    }
}
