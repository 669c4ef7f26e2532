// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Collects what the tests of every module of the build recorded. */
final class TestRecords {

    private TestRecords() {}

    static List<TestRecord> read(Path root) {
        return rows(root, "target/clauses", 3)
                .map(row -> new TestRecord(row.get(0), row.get(1), row.get(2)))
                .toList();
    }

    /** {@return the lines of all files of one folder, of every module that has it} */
    static Stream<List<String>> rows(Path root, String folder, int columns) {
        return files(root, folder).flatMap(file -> Tsv.rows(file, columns).stream());
    }

    /** {@return all files of one folder, of every module that has it} */
    static Stream<Path> files(Path root, String folder) {
        return modules(root.resolve("pom.xml")).stream()
                .map(module -> root.resolve(module).resolve(folder))
                .filter(Files::isDirectory)
                .flatMap(directory -> filesIn(directory).stream());
    }

    /** Only what the POM names: the folder of a module that was removed may still lie there. */
    private static List<String> modules(Path pom) {
        try {
            NodeList nodes = DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(pom.toFile())
                    .getElementsByTagName("module");
            List<String> modules = new ArrayList<>();
            for (int i = 0; i < nodes.getLength(); i++) {
                modules.add(nodes.item(i).getTextContent().strip());
            }
            return modules;
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new IllegalStateException("Cannot read the modules of " + pom, e);
        }
    }

    private static List<Path> filesIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".tsv"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + directory, e);
        }
    }
}
