// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void anOptionOfOneValueIsGivenAnew() {
        Arguments arguments = new Arguments("-m", "sanity", "-time", "1000", "-jvmArgsPrepend", "-Da");

        assertEquals(
                "-m sanity -jvmArgsPrepend -Da -time 4000 -jvmArgsPrepend -Db",
                arguments.with("-time", "4000").and("-jvmArgsPrepend", "-Db").toString());
    }
}
