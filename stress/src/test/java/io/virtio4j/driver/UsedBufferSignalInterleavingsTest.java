// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.stress.Interleavings;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/**
 * The word between a driver that sleeps and a device that calls, in many orders of their steps. The wait has no time limit here,
 * so that a lost call is a wait without end.
 */
class UsedBufferSignalInterleavingsTest {
    private static final long FOR_EVER = Long.MAX_VALUE;

    private static UsedBufferSignal signal() {
        UsedBufferSignal signal = new UsedBufferSignal();
        signal.attach(() -> true, (blocker, maxNanos) -> LockSupport.park(blocker));
        return signal;
    }

    @Test
    void aDriverThatWaitsIsWokenByTheCallWheneverItComes() {
        Interleavings.tryAll(() -> {
            UsedBufferSignal signal = signal();
            AtomicInteger used = new AtomicInteger();
            Thread device = new Thread(() -> {
                used.set(1);
                signal.call(0);
            });
            device.start();
            signal.enter();
            signal.takeCalls();
            while (used.get() == 0) {
                signal.park(FOR_EVER);
                signal.takeCalls();
            }
            signal.leave();
            device.join();
        });
    }

    @Test
    void twoCallsOneForEachBufferAreBothSeen() {
        Interleavings.tryAll(() -> {
            UsedBufferSignal signal = signal();
            AtomicInteger used = new AtomicInteger();
            Thread device = new Thread(() -> {
                used.set(1);
                signal.call(0);
                used.set(2);
                signal.call(0);
            });
            device.start();
            signal.enter();
            signal.takeCalls();
            while (used.get() < 2) {
                signal.park(FOR_EVER);
                signal.takeCalls();
            }
            signal.leave();
            device.join();
        });
    }

    @Test
    void aDeviceThatFailsEndsTheWait() {
        Interleavings.tryAll(() -> {
            AtomicInteger works = new AtomicInteger(1);
            UsedBufferSignal signal = new UsedBufferSignal();
            signal.attach(() -> works.get() == 1, (blocker, maxNanos) -> LockSupport.park(blocker));
            Thread device = new Thread(() -> {
                works.set(0);
                signal.wake();
            });
            device.start();
            signal.enter();
            signal.takeCalls();
            while (signal.isDeviceWorking()) {
                signal.park(FOR_EVER);
                signal.takeCalls();
            }
            signal.leave();
            device.join();
        });
    }

    @Test
    void aSignalThatForgetsCallsIsFound() {
        assertThatThrownBy(() -> Interleavings.tryAll(() -> {
                    Forgetful signal = new Forgetful();
                    AtomicInteger used = new AtomicInteger();
                    Thread device = new Thread(() -> {
                        used.set(1);
                        signal.call();
                    });
                    device.start();
                    while (used.get() == 0) {
                        signal.park();
                    }
                    device.join();
                }))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    /** Wrong: a call that finds nobody asleep leaves nothing behind. */
    private static final class Forgetful {
        private static final int PARKED = 1;

        private final AtomicInteger state = new AtomicInteger();
        private final Thread waiter = Thread.currentThread();

        void call() {
            if (state.compareAndSet(PARKED, 0)) {
                LockSupport.unpark(waiter);
            }
        }

        void park() {
            state.set(PARKED);
            while (state.get() == PARKED) {
                LockSupport.park(this);
            }
        }
    }
}
