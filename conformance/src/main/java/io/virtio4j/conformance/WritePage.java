// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;

/** Writes the pages from the records that lie in the tree, for one who has just run the tests. */
public final class WritePage {

    private WritePage() {}

    /**
     * Writes {@code docs/conformance.md} and {@code docs/robustness.md}, or says what is wrong and exits with status 1.
     *
     * @param args the root of the tree; the current folder where none is given
     * @throws IOException if the page cannot be written
     */
    public static void main(String[] args) throws IOException {
        Path root = Path.of(args.length == 0 ? "." : args[0]);
        Conformance conformance = Conformance.of(root);
        Robustness robustness = Robustness.of(root);
        SortedSet<String> problems = conformance.problems();
        problems.addAll(robustness.problems());
        problems.forEach(System.err::println);
        if (!problems.isEmpty()) {
            System.exit(1);
        }
        write(root, conformance);
        RobustnessPage.write(root, robustness);
    }

    static Path pageIn(Path root) {
        return root.resolve("docs/conformance.md");
    }

    static void write(Path root, Conformance conformance) throws IOException {
        Files.writeString(pageIn(root), Page.of(conformance));
    }
}
