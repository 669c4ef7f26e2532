// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.request;

import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;

/** Ends a play at the first thing that is not as it must be. */
public final class Finding extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the party is found to be. */
    private final Verdict verdict;

    /** The values that show it. */
    private final String what;

    private Finding(Verdict verdict, String what) {
        super(what, null, false, false);
        this.verdict = verdict;
        this.what = what;
    }

    /**
     * {@return that the device reported something that is not so}
     *
     * @param what with the values
     */
    public static Finding lied(String what) {
        return new Finding(Verdict.LIED, what);
    }

    /**
     * {@return that the device wrote what it must not write}
     *
     * @param what with the values
     */
    public static Finding escaped(String what) {
        return new Finding(Verdict.ESCAPED, what);
    }

    /**
     * {@return that the device kept something}
     *
     * @param what with the values
     */
    public static Finding leaked(String what) {
        return new Finding(Verdict.LEAKED, what);
    }

    /** {@return that the device has given up until it is reset} */
    static Finding needsReset() {
        return new Finding(Verdict.NEEDS_RESET, "the device needs a reset");
    }

    /**
     * Tells the stage. A device that needs a reset is seen anyway.
     *
     * @param stage the case's
     */
    public void tell(Stage stage) {
        switch (verdict) {
            case LIED -> stage.lied(what);
            case ESCAPED -> stage.escaped(what);
            case LEAKED -> stage.leaked(what);
            default -> {}
        }
    }
}
