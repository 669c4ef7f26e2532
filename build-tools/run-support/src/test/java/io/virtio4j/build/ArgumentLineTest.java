// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.junit.jupiter.api.Test;

class ArgumentLineTest {

    @Test
    void nothingGivenIsNoArgument() throws Exception {
        assertEquals(List.of(), ArgumentLine.split(null));
        assertEquals(List.of(), ArgumentLine.split("  \n "));
    }

    @Test
    void wordsAreSplitAtBlanksAndLineBreaks() throws Exception {
        assertEquals(List.of("-f", "1", "-wi", "2", "Ring.*"), ArgumentLine.split(" -f 1\n      -wi 2  Ring.* "));
    }

    @Test
    void quotesKeepWordsTogether() throws Exception {
        assertEquals(
                List.of("-jvmArgs", "-Xmx1g -Da=b", "-t", "it's", "a\"b"),
                ArgumentLine.split("-jvmArgs '-Xmx1g -Da=b' -t \"it's\" 'a\"b'"));
    }

    @Test
    void anOpenQuoteIsRefused() {
        assertThrows(MojoExecutionException.class, () -> ArgumentLine.split("-t 'open"));
    }
}
