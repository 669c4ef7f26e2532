// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.blk.BlockLifetime;
import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A store on another whose abilities are the test's. At first it can do what every store can. */
final class PlainStore implements BlockStore {
    final Set<BlockOp> more = EnumSet.noneOf(BlockOp.class);
    Supplier<Optional<BlockLifetime>> lifetime = Optional::empty;
    boolean unmapsZeroes;
    long lengthBytes;
    Runnable changed = () -> {};
    private final BlockStore delegate;

    PlainStore(long lengthBytes) {
        this(new MemoryBlockStore(lengthBytes));
    }

    PlainStore(BlockStore delegate) {
        this.delegate = delegate;
        this.lengthBytes = delegate.lengthBytes();
    }

    @Override
    public long lengthBytes() {
        return lengthBytes;
    }

    @Override
    public boolean isReadOnly() {
        return delegate.isReadOnly();
    }

    @Override
    public boolean supports(BlockOp op) {
        return BlockStore.super.supports(op) || more.contains(op);
    }

    @Override
    public boolean unmapsZeroes() {
        return unmapsZeroes;
    }

    @Override
    public Optional<BlockLifetime> lifetime() {
        return lifetime.get();
    }

    @Override
    public void onChange(Runnable newChanged) {
        changed = newChanged;
    }

    @Override
    public void submit(BlockRequest request) {
        delegate.submit(request);
    }

    @Override
    public void close() {}
}
