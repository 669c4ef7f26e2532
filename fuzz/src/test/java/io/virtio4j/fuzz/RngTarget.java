// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.sim.rng.SimRng;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Requests of any shape to an entropy device: with bytes to read, with room of any length or none, cut anywhere. */
final class RngTarget implements FuzzTarget {
    private static final int READABLE_MAX = 96;

    /** Long enough to tell what was written from what was there: so many equal bytes do not come by chance. */
    private static final int TELLING_BYTES = 16;

    @Override
    public String name() {
        return "rng-requests";
    }

    @Override
    public long play(byte[] input) {
        Steps steps = new Steps(input);
        RequestRig rig = new RequestRig(new SimRng(new SplittableRandom(0)::nextBytes), null, steps.byteValue());
        while (steps.next()) {
            switch (steps.below(8)) {
                case 0 -> rig.start();
                case 1, 2, 3 -> rig.serve();
                default -> send(rig, steps);
            }
            take(rig);
        }
        rig.serve();
        take(rig);
        return steps.done();
    }

    private static void send(RequestRig rig, Steps steps) {
        int slot = rig.freeSlot();
        if (slot < 0) {
            return;
        }
        byte[] readable = new byte[steps.oneIn(4) ? steps.below(READABLE_MAX) : 0];
        Arrays.fill(readable, (byte) steps.byteValue());
        int writable = steps.oneIn(8) ? 0 : steps.le16() % (RequestRig.AREA_BYTES + 1);
        if (readable.length + writable > 0) {
            rig.send(0, slot, readable, writable, steps);
        }
    }

    private static void take(RequestRig rig) {
        for (int slot = 0; slot < RequestRig.SLOTS; slot++) {
            RequestRig.Sent answer = rig.take(slot);
            if (answer != null) {
                judge(answer);
            }
        }
    }

    private static void judge(RequestRig.Sent answer) {
        Finding.unless(answer.usedBytes <= answer.writableBytes, "more entropy than there is room for");
        Finding.unless(answer.writableBytes == 0 || answer.usedBytes > 0, "room for entropy, and none in it");
        if (answer.usedBytes >= TELLING_BYTES) {
            byte[] drawn = Arrays.copyOf(answer.writable, (int) answer.usedBytes);
            byte[] first = new byte[drawn.length];
            Arrays.fill(first, drawn[0]);
            Finding.unless(!Arrays.equals(drawn, first), "entropy that is one byte again and again");
        }
    }
}
