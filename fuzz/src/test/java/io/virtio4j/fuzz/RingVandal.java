// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.wire.DescFlags;

/** Writes into rings, tables and buffers what no honest peer writes, and what an honest one might at another time. */
final class RingVandal {
    private static final int PACKED_AVAIL = 1 << 7;
    private static final int PACKED_USED = 1 << 15;

    private final RingRig rig;
    private final GuestRam ram;
    private final QueueAddresses at;
    private final int size;

    /** How often it strikes: never, now and then, all the time. */
    private final int strikesOneIn;

    RingVandal(RingRig rig, int dial) {
        this.rig = rig;
        this.ram = rig.ram;
        this.at = rig.config.addresses();
        this.size = rig.config.size();
        this.strikesOneIn = switch (dial & 7) {
            case 0, 1 -> 0;
            case 2, 3, 4 -> 64;
            case 5, 6 -> 12;
            default -> 1;
        };
    }

    /** {@return whether it strikes now} */
    boolean strikes(Steps steps) {
        return strikesOneIn > 0 && steps.oneIn(strikesOneIn);
    }

    /** Anything anywhere. */
    void scribble(Steps steps) {
        long area = switch (steps.below(8)) {
            case 0, 1 -> at.descriptorArea() + steps.below(16 * size);
            case 2, 3 -> at.driverArea() + steps.below(6 + 2 * size);
            case 4, 5 -> at.deviceArea() + steps.below(6 + 8 * size);
            case 6 -> GuestRam.LOW + steps.below(GuestRam.PAGE);
            default -> GuestRam.RINGS + steps.below(3 * GuestRam.PAGE);
        };
        int bytes = 1 << steps.below(4);
        ram.poke(area & -bytes, steps.oneIn(2) ? steps.edge() : steps.le64(), bytes);
    }

    /** One bit of what is there. */
    void flip(Steps steps) {
        long area = switch (steps.below(4)) {
            case 0, 1 -> at.descriptorArea() + steps.below(rig.descriptorBytes);
            case 2 -> at.driverArea() + steps.below(rig.driverBytes);
            default -> at.deviceArea() + steps.below(rig.deviceBytes);
        };
        ram.poke(area, ram.peek(area) ^ 1 << steps.below(8));
    }

    /** A chain as a driver would write it, with a mistake now and then; on a split ring it is made available. */
    void offer(Steps steps, int slot, boolean wrap) {
        int parts = 1 + steps.below(4);
        int first = rig.isPacked() ? slot : (int) steps.mostly(slot, 8);
        int current = first;
        for (int part = 0; part < parts; part++) {
            boolean last = part == parts - 1;
            long next = steps.mostly((current + 1) % size, 10);
            int flags = (last ? 0 : DescFlags.NEXT) | (part > 0 && steps.oneIn(2) ? DescFlags.WRITE : 0);
            if (steps.oneIn(10)) {
                flags |= DescFlags.INDIRECT;
                table(steps);
            }
            boolean toTable = (flags & DescFlags.INDIRECT) != 0;
            long address = steps.mostly(toTable ? GuestRam.LOW + 2048 : GuestRam.FAR + 16L * part, 12);
            long length = steps.mostly(toTable ? 16L * (1 + steps.below(4)) : 1 + steps.below(64), 12);
            long desc = at.descriptorArea() + 16L * (current % size);
            ram.poke(desc, address, 8);
            ram.poke(desc + 8, length, 4);
            if (rig.isPacked()) {
                boolean turn = current >= size != wrap;
                ram.poke(desc + 12, steps.mostly(first, 8), 2);
                ram.poke(desc + 14, steps.mostly(flags | (turn ? PACKED_AVAIL : PACKED_USED), 16), 2);
                current++;
            } else {
                ram.poke(desc + 12, steps.mostly(flags, 16), 2);
                ram.poke(desc + 14, next, 2);
                current = (int) next & 0xFFFF;
            }
        }
        if (!rig.isPacked()) {
            int idx = (int) ram.peek(at.driverArea() + 2, 2);
            ram.poke(at.driverArea() + 4 + 2L * (idx % size), first, 2);
            ram.poke(at.driverArea() + 2, steps.mostly(idx + 1, 24), 2);
        }
    }

    /** An indirect table in the low page. */
    void table(Steps steps) {
        for (int entry = 0; entry < 4; entry++) {
            long desc = GuestRam.LOW + 2048 + 16L * entry;
            ram.poke(desc, steps.mostly(GuestRam.FAR + 64, 12), 8);
            ram.poke(desc + 8, steps.mostly(16, 12), 4);
            int flags = (entry < 3 ? DescFlags.NEXT : 0) | (entry > 1 ? DescFlags.WRITE : 0);
            if (rig.isPacked()) {
                ram.poke(desc + 12, steps.byteValue(), 2);
                ram.poke(desc + 14, steps.mostly(flags, 12), 2);
            } else {
                ram.poke(desc + 12, steps.mostly(flags, 12), 2);
                ram.poke(desc + 14, steps.mostly(entry + 1, 12), 2);
            }
        }
    }

    /** An answer as a device would write it, with a mistake now and then. */
    void use(Steps steps, int id, long lengthBytes, int slot, boolean wrap) {
        if (rig.isPacked()) {
            long desc = at.descriptorArea() + 16L * slot;
            ram.poke(desc + 8, steps.mostly(lengthBytes, 6), 4);
            ram.poke(desc + 12, steps.mostly(id, 6), 2);
            int flags = (wrap ? PACKED_AVAIL | PACKED_USED : 0) | (lengthBytes > 0 ? DescFlags.WRITE : 0);
            ram.poke(desc + 14, steps.mostly(flags, 8), 2);
            return;
        }
        int idx = (int) ram.peek(at.deviceArea() + 2, 2);
        long element = at.deviceArea() + 4 + 8L * (idx % size);
        ram.poke(element, steps.mostly(id, 6), 4);
        ram.poke(element + 4, steps.mostly(lengthBytes, 6), 4);
        ram.poke(at.deviceArea() + 2, steps.mostly(idx + 1, 12), 2);
    }
}
