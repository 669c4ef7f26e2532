// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

/** The three fences of the ordering table, and the calls that issue them, from a queue down to the JVM. */
public enum Fence {
    /** Loads and stores before stores. */
    WMB("wmb", "io/virtio4j/barrier/Wmb", "releaseFence"),

    /** Loads before loads and stores. */
    RMB("rmb", "io/virtio4j/barrier/Rmb", "acquireFence"),

    /** Everything before everything. */
    MB("mb", "io/virtio4j/barrier/Mb", "fullFence");

    private final String method;
    private final String token;
    private final String handleMethod;

    Fence(String method, String token, String handleMethod) {
        this.method = method;
        this.token = token;
        this.handleMethod = handleMethod;
    }

    /** {@return the name of the method of memories and rings that issues it} */
    public String method() {
        return method;
    }

    /** {@return the internal name of the class whose instance proves it} */
    public String token() {
        return token;
    }

    /** {@return the method of {@code VarHandle} behind it} */
    public String handleMethod() {
        return handleMethod;
    }
}
