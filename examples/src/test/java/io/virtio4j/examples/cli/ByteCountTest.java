// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Numbers of bytes as fio writes them. */
final class ByteCountTest {
    private static ByteCount read(String text) {
        return new ByteCount.Converter().convert(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "4k, 4096",
        "4K, 4096",
        "64m, 67108864",
        "1g, 1073741824",
        "2t, 2199023255552",
        "9223372036854775807, 9223372036854775807"
    })
    void unitsArePowersOf1024(String text, long bytes) {
        assertThat(read(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "k", "-1", "-1k", "4 k", "4kb", "0x10", "1.5k", "9223372036854775808", "8388608t", "four"})
    void whatIsNoNumberOfBytesIsRefused(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Property
    void whatIsPrintedIsReadAsTheSame(@ForAll @LongRange(min = 0) long bytes) {
        assertThat(read(new ByteCount(bytes).toString()).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "4096, 4k",
        "5120, 5k",
        "67108864, 64m",
        "1099511627776, 1t",
        "1125899906842624, 1024t"
    })
    void isPrintedWithTheLargestUnitThatFits(long bytes, String text) {
        assertThat(new ByteCount(bytes)).hasToString(text);
    }
}
