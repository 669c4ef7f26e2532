// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.memory.SharedMemory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The plain copy of every job: between a file and memory if the disk is on a file, else between memory and memory. */
final class PlainSide implements AutoCloseable {
    private static final String FILE = "file";

    private final String between;
    private final List<PlainStore> stores = new ArrayList<>();
    private final List<PlainLoad> loads = new ArrayList<>();

    private PlainSide(String between) {
        this.between = between;
    }

    /**
     * Makes ready what is copied.
     *
     * @param store what the disk keeps its data in
     * @param depth how many buffers a job uses in turn
     */
    static PlainSide open(Workload workload, URI store, int depth) {
        boolean onFile = FILE.equalsIgnoreCase(store.getScheme());
        PlainSide side = new PlainSide(onFile ? FILE : "memory");
        try {
            if (onFile) {
                Path path = Path.of(store.getPath());
                for (int job = 0; job < workload.jobs(); job++) {
                    side.add(
                            new PlainFile(path, workload.pattern().writes(), workload.blockBytes(), depth),
                            workload,
                            depth);
                }
            } else {
                SharedMemory area = PlainMemory.area(workload.areaBytes());
                for (int job = 0; job < workload.jobs(); job++) {
                    side.add(new PlainMemory(area, workload.blockBytes(), depth), workload, depth);
                }
            }
            return side;
        } catch (IOException e) {
            side.close();
            throw new WorkFailedException("cannot open " + store + " for the plain copy (" + e + ")", e);
        }
    }

    private void add(PlainStore store, Workload workload, int depth) {
        Places places = new Places(workload, stores.size());
        stores.add(store);
        loads.add(new PlainLoad(store, places, workload.blockBytes(), depth));
    }

    /** {@return memory, or file} */
    String between() {
        return between;
    }

    List<PlainLoad> loads() {
        return loads;
    }

    @Override
    public void close() {
        try {
            for (PlainStore store : stores) {
                store.close();
            }
        } catch (IOException e) {
            throw new WorkFailedException("cannot close what the plain copy used (" + e + ")", e);
        }
    }
}
