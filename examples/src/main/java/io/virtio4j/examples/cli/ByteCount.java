// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number of bytes on the command line: {@code 4096}, or {@code 4k} with k, m, g or t for powers of 1024, as fio has it.
 *
 * @param bytes how many, not negative
 */
public record ByteCount(long bytes) {
    private static final String UNITS = "kmgt";
    private static final int UNIT_BITS = 10;

    /** Reads one. */
    public static final class Converter implements ITypeConverter<ByteCount> {
        /** Called by picocli. */
        public Converter() {}

        @Override
        public ByteCount convert(String value) {
            String digits = value;
            int unit = value.isEmpty() ? -1 : UNITS.indexOf(Character.toLowerCase(value.charAt(value.length() - 1)));
            if (unit >= 0) {
                digits = value.substring(0, value.length() - 1);
            }
            int shift = UNIT_BITS * (unit + 1);
            try {
                long number = Long.parseLong(digits);
                if (number >= 0 && number <= Long.MAX_VALUE >> shift) {
                    return new ByteCount(number << shift);
                }
            } catch (NumberFormatException e) {
                throw refuse(value);
            }
            throw refuse(value);
        }

        private static TypeConversionException refuse(String value) {
            return new TypeConversionException(
                    "'" + value + "' is no number of bytes; write 4096, 4k, 64m or 1g (powers of 1024)");
        }
    }

    /** {@return the shortest way to write it with a unit, as {@code 4k}} */
    @Override
    public String toString() {
        int unit = 0;
        long number = bytes;
        while (unit < UNITS.length() && number != 0 && number % (1L << UNIT_BITS) == 0) {
            number >>= UNIT_BITS;
            unit++;
        }
        return unit == 0
                ? Long.toString(number)
                : number + UNITS.substring(unit - 1, unit).toLowerCase(Locale.ROOT);
    }
}
