// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import org.agrona.concurrent.IdleStrategy;

/** Does nothing between two looks: nobody else runs. */
enum NoIdle implements IdleStrategy {
    INSTANCE;

    @Override
    public void idle(int workCount) {}

    @Override
    public void idle() {}

    @Override
    public void reset() {}
}
