// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.wire.DescFlags;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which buffers a ring's device may write: those of a chain from when it is made available until it is taken back used. What a
 * device writes after that is a trespass.
 *
 * <p>VirtIO 1.2, 2.6 Virtqueues: a used buffer is the driver's again.
 */
final class Loans {
    private final CaseMemory memory;
    private final Map<Integer, Desc[]> chains = new HashMap<>();
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
        if (chains.containsKey(id)) {
            lent.add(id);
            writable(id).forEach(desc -> memory.lendAgain(desc.address(), desc.lengthBytes()));
        }
    }

    /** A chain came back used; what it shares with others that are under way stays the device's. */
    void takeBack(int id) {
        if (lent.remove(id)) {
            writable(id).forEach(desc -> memory.takeBack(desc.address(), desc.lengthBytes()));
            for (int other : lent) {
                writable(other).forEach(desc -> memory.lendAgain(desc.address(), desc.lengthBytes()));
            }
        }
    }

    private Stream<Desc> writable(int id) {
        return Stream.of(chains.getOrDefault(id, new Desc[0]))
                .flatMap(desc -> (desc.flags() & DescFlags.INDIRECT) == 0
                        ? Stream.of(desc)
                        : Stream.of(tables.getOrDefault(desc.address(), new Desc[0])))
                .filter(desc -> (desc.flags() & DescFlags.WRITE) != 0);
    }
}
