// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

/**
 * Where a GPU device learns what displays there are.
 *
 * <p>Called on the device's thread; answers at once. The displays may change under another thread: whoever changes one
 * changes {@link #version()} afterwards, and the device then raises the DISPLAY event.
 *
 * <p>VirtIO 1.2, 5.7.4.2 Events, and 5.7.6.8 Device Operation: controlq, GET_DISPLAY_INFO.
 */
public interface DisplaySource {
    /** {@return how many scanouts the device has, 1..16; never changes} */
    int count();

    /**
     * {@return what the display would like to be driven with}
     *
     * @param scanoutId 0 up to {@link #count()}
     */
    DisplayMode mode(int scanoutId);

    /** {@return a number that changes after every change of a mode} */
    default long version() {
        return 0;
    }

    /**
     * Gives the device a way to be told at once of a new {@link #version()}, which it otherwise meets when it works next.
     *
     * @param changed to be run after a change, by any thread; returns at once
     */
    default void onChange(Runnable changed) {}

    /**
     * {@return one display that stays as it is}
     *
     * @param width preferred width in pixels
     * @param height preferred height in pixels
     */
    static DisplaySource fixed(int width, int height) {
        DisplayMode mode = new DisplayMode(true, 0, 0, width, height);
        return new DisplaySource() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public DisplayMode mode(int scanoutId) {
                return mode;
            }
        };
    }
}
