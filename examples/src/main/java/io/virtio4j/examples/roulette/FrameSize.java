// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The size of a picture in pixels.
 *
 * @param width 1..16384
 * @param height 1..16384
 */
record FrameSize(int width, int height) {
    private static final int MAX = 16384;
    private static final int BYTES_PER_PIXEL = 4;

    /** The whole picture and what goes with it must fit in one region of shared memory. */
    private static final long MAX_BYTES = 1L << 28;

    long bytes() {
        return (long) width * height * BYTES_PER_PIXEL;
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }

    /** Reads {@code WxH}. */
    static final class Converter implements ITypeConverter<FrameSize> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,9})x(\\d{1,9})");

        @Override
        public FrameSize convert(String value) {
            Matcher matcher = FORM.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + value + "' is no size; use WxH, for example 1280x720");
            }
            FrameSize size = new FrameSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            boolean inRange = size.width >= 1 && size.width <= MAX && size.height >= 1 && size.height <= MAX;
            if (!inRange || size.bytes() > MAX_BYTES) {
                throw new TypeConversionException("'" + value + "' is out of range; width and height are 1 to " + MAX
                        + " pixels, and the picture at most " + (MAX_BYTES >> 20) + " MiB");
            }
            return size;
        }
    }
}
