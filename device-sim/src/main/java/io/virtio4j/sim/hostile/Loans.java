// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.wire.DescFlags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which buffers a ring's device may write: those of a chain from when it is made available until it is taken back used. What a
 * device writes after that is a trespass.
 *
 * <p>VirtIO 1.2, 2.6 Virtqueues: a used buffer is the driver's again.
 */
final class Loans {
    private static final Desc[] NONE = {};

    private final CaseMemory memory;
    private final Map<Integer, Desc[]> chains = new HashMap<>();

    /** Of chains that were made available: what the device writes of them. */
    private final Map<Integer, List<Desc>> writable = new HashMap<>();

    private final Map<Long, Desc[]> tables = new HashMap<>();
    private final Set<Integer> lent = new HashSet<>();

    Loans(CaseMemory memory) {
        this.memory = memory;
    }

    /** A chain was written, which nobody sees yet. With an id that is under way, nobody can tell which of the two comes back. */
    void put(int id, Desc... chain) {
        if (lent.remove(id)) {
            chains.remove(id);
        } else {
            chains.put(id, chain);
        }
    }

    /** A table was written, of whose entries an indirect descriptor may tell. */
    void table(long address, Desc... entries) {
        tables.put(address, entries);
    }

    /** A chain was made available: what was the device's before is so again. */
    void lend(int id) {
        Desc[] chain = chains.get(id);
        if (chain != null) {
            List<Desc> found = new ArrayList<>();
            addWritable(found, chain);
            writable.put(id, found);
            lent.add(id);
            for (Desc desc : found) {
                memory.lendAgain(desc.address(), desc.lengthBytes());
            }
        }
    }

    /** A chain came back used; what it shares with others that are under way stays the device's. */
    void takeBack(int id) {
        if (!lent.remove(id)) {
            return;
        }
        List<Desc> back = writable(id);
        for (Desc desc : back) {
            memory.takeBack(desc.address(), desc.lengthBytes());
        }
        for (int other : lent) {
            for (Desc desc : writable(other)) {
                if (overlapsAny(desc, back)) {
                    memory.lendAgain(desc.address(), desc.lengthBytes());
                }
            }
        }
    }

    private static boolean overlapsAny(Desc desc, List<Desc> others) {
        for (Desc other : others) {
            if (desc.address() < other.address() + other.lengthBytes()
                    && other.address() < desc.address() + desc.lengthBytes()) {
                return true;
            }
        }
        return false;
    }

    private List<Desc> writable(int id) {
        return writable.getOrDefault(id, List.of());
    }

    private void addWritable(List<Desc> found, Desc... descs) {
        for (Desc desc : descs) {
            if ((desc.flags() & DescFlags.INDIRECT) != 0) {
                addDirect(found, tables.getOrDefault(desc.address(), NONE));
            } else if ((desc.flags() & DescFlags.WRITE) != 0) {
                found.add(desc);
            }
        }
    }

    /** A table in a table is none. */
    private static void addDirect(List<Desc> found, Desc... entries) {
        for (Desc desc : entries) {
            if ((desc.flags() & (DescFlags.INDIRECT | DescFlags.WRITE)) == DescFlags.WRITE) {
                found.add(desc);
            }
        }
    }
}
