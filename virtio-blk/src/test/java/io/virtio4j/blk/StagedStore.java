// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.device.blk.BlockLifetime;
import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A store on another one, which fails when and how the test says, and is as worn as the test says. */
final class StagedStore implements BlockStore {
    /** How a request fails. */
    enum Failure {
        /** submit throws. */
        THROWN,
        /** submit throws what no store should: memory that a file was mapped to is gone, say. */
        FATAL,
        /** Inside submit. */
        AT_ONCE,
        /** On a thread of the store's, after submit has returned. */
        LATE
    }

    static final String CAUSE = "the medium is gone";

    /** What has arrived. */
    final List<BlockOp> seen = new CopyOnWriteArrayList<>();

    volatile Optional<BlockLifetime> lifetime = Optional.empty();

    private final BlockStore store;
    private volatile @Nullable BlockOp failingOp;
    private volatile Failure failure = Failure.AT_ONCE;

    StagedStore(BlockStore store) {
        this.store = store;
    }

    /** From now on requests of one kind fail. */
    void fail(BlockOp op, Failure how) {
        failure = how;
        failingOp = op;
    }

    /** From now on none do. */
    void mend() {
        failingOp = null;
    }

    @Override
    public void submit(BlockRequest request) {
        seen.add(request.op());
        if (request.op() != failingOp) {
            store.submit(request);
            return;
        }
        switch (failure) {
            case THROWN -> throw new IllegalStateException(CAUSE);
            case FATAL -> throw new InternalError(CAUSE);
            case AT_ONCE -> request.fail(new IOException(CAUSE));
            case LATE -> failLate(request);
        }
    }

    private static void failLate(BlockRequest request) {
        Thread thread = new Thread(() -> {
            if (request.claim()) {
                request.fail(new IOException(CAUSE));
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public long lengthBytes() {
        return store.lengthBytes();
    }

    @Override
    public boolean isReadOnly() {
        return store.isReadOnly();
    }

    @Override
    public boolean supports(BlockOp op) {
        return store.supports(op);
    }

    @Override
    public boolean unmapsZeroes() {
        return store.unmapsZeroes();
    }

    @Override
    public Optional<BlockLifetime> lifetime() {
        return lifetime;
    }

    @Override
    public void onChange(Runnable changed) {
        store.onChange(changed);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
