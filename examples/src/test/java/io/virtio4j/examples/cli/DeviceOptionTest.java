// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.examples.CommandRunner;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which devices a command takes, and what it says of others. */
final class DeviceOptionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rng --device tape                     | use sim",
                "rng --device sim:file=disk            | use sim",
                "rng --device none                     | use sim",
                "rng --device vhost-user:s             | use sim",
                "roulette --device tape                | use sim or none",
                "roulette --device sim:memory          | use sim or none",
                "blk-copy --from a --device tape       | use sim:file=PATH or sim:memory or sim",
                "blk-copy --from a --device none       | use sim:file=PATH or sim:memory or sim",
                "blk-copy --from a --device sim:file=  | use sim:file=PATH or sim:memory or sim",
                "blk-bench --device tape               | use sim:memory or sim:file=PATH or sim or none",
                "blk-bench --device vhost-user:s       | use sim:memory or sim:file=PATH or sim or none",
            })
    void anotherDeviceIsAnsweredWithThoseThatTheCommandTakes(String line, String answer) {
        CommandRunner command = new CommandRunner();
        assertThat(command.run(line.split(" "))).isEqualTo(2);
        assertThat(command.err().lines()).singleElement().asString().containsPattern(answer + "(?=;|\\.|\\)|$| \\()");
    }
}
