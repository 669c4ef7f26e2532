// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest.loop;

import io.virtio4j.benchmarks.ringtest.Ring;
import io.virtio4j.benchmarks.ringtest.Run;
import io.virtio4j.benchmarks.ringtest.Settings;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;

/** Two queues of JCTools between one producer and one consumer, there and back: objects from a pool, one by one. */
public final class JctoolsPair implements Ring {
    private final SpscAtomicArrayQueue<Buffer> there;
    private final SpscAtomicArrayQueue<Buffer> back;
    private final Settings settings;
    private final Buffer[] pool;
    private long driven;
    private long served;

    /**
     * Makes it.
     *
     * @param variant has no meaning
     * @param settings of the measurement
     */
    public JctoolsPair(String variant, Settings settings) {
        this.settings = settings;
        there = new SpscAtomicArrayQueue<>(settings.ringSize());
        back = new SpscAtomicArrayQueue<>(settings.ringSize());
        pool = new Buffer[settings.ringSize()];
        for (int i = 0; i < pool.length; i++) {
            pool[i] = new Buffer();
        }
    }

    @Override
    public void drive(long buffers, Run run) {
        int outstanding = settings.outstanding();
        int mask = pool.length - 1;
        long sent = driven;
        long returned = sent;
        long end = sent + buffers;
        long looks = 0;
        while (returned < end) {
            if (sent < end && sent - returned < outstanding) {
                Buffer buffer = pool[(int) (sent & mask)];
                buffer.send(settings, sent);
                if (there.offer(buffer)) {
                    sent++;
                    continue;
                }
            }
            Buffer used = back.poll();
            if (used != null) {
                used.checkBack(returned++);
                looks = 0;
            } else {
                run.waited(++looks);
            }
        }
        driven = returned;
    }

    @Override
    public void serve(Run run) {
        long serial = served;
        long looks = 0;
        while (true) {
            Buffer buffer = there.poll();
            if (buffer != null) {
                buffer.use(settings, serial++);
                if (!back.offer(buffer)) {
                    throw new IllegalStateException("no room for buffer " + serial + " on the way back");
                }
                looks = 0;
            } else if (run.isOver(++looks)) {
                break;
            }
        }
        served = serial;
    }
}
