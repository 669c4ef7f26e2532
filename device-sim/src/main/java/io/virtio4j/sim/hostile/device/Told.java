// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

/**
 * What a driver told its user of a step.
 *
 * @param kind how it ended
 * @param request which of a step's requests it was, in the words of the driver's user; empty where there is but one
 * @param what for a person to read
 */
public record Told(Kind kind, String request, String what) {
    /** How a step ended. */
    public enum Kind {
        /** All was done, and all that came back is right. */
        DONE,

        /** The device was not taken: it is not driven. */
        REFUSED,

        /** Something failed, was told, and the driver goes on. */
        FAILED,

        /** Nothing works until the device is reset. */
        BROKEN,

        /** Something was reported good, and is not. */
        WRONG
    }

    /** All was done. */
    public static final Told DONE = new Told(Kind.DONE, "", "");

    /**
     * {@return that the device was not taken}
     *
     * @param why what the driver threw
     */
    public static Told refused(RuntimeException why) {
        return new Told(Kind.REFUSED, "", String.valueOf(why));
    }

    /**
     * {@return that something failed}
     *
     * @param what what the driver said
     */
    public static Told failed(String what) {
        return new Told(Kind.FAILED, "", what);
    }

    /**
     * {@return that nothing works until a reset}
     *
     * @param what what the driver said
     */
    public static Told broken(String what) {
        return new Told(Kind.BROKEN, "", what);
    }

    /**
     * {@return that something was reported good and is not}
     *
     * @param what the report and the truth
     */
    public static Told wrong(String what) {
        return new Told(Kind.WRONG, "", what);
    }

    /**
     * {@return the same, of one request}
     *
     * @param newRequest which
     */
    public Told of(String newRequest) {
        return new Told(kind, newRequest, what);
    }
}
