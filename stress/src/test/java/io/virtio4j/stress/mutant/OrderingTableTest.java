// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The ordering table of docs/memory-model.md against the catalogue of the fences, which {@link CatalogueTest} holds to the code. */
class OrderingTableTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern ROW =
            Pattern.compile("\\| (?<letter>[A-I]'?) \\|(?:[^|]*\\|){4}(?<where>[^|]*)\\|[^|]*\\|");
    private static final Pattern LINK = Pattern.compile("\\[`(?<type>\\w+)\\.(?<method>\\w+)`]\\((?<file>[^)]+)\\)");

    /** A fence that the table names. */
    private record Named(String letter, String type, String method, Path file) {
        String text() {
            return letter + ' ' + type + '.' + method;
        }
    }

    private static List<Named> named() throws IOException {
        String page = Files.readString(DOCS.resolve("memory-model.md"));
        String table = page.substring(page.indexOf("## The table"), page.indexOf("## Stop and go on"));
        List<Named> found = new ArrayList<>();
        Matcher rows = ROW.matcher(table);
        while (rows.find()) {
            Matcher links = LINK.matcher(rows.group("where"));
            while (links.find()) {
                Path file = DOCS.resolve(links.group("file"));
                found.add(new Named(rows.group("letter"), links.group("type"), links.group("method"), file));
            }
        }
        return found;
    }

    @Test
    void theTableNamesTheMethodsThatIssueAFenceOfItsLetterAndNoOther() throws IOException {
        List<String> places = Mutants.places().stream()
                .filter(place -> !place.letter().equals(Place.NO_LETTER)
                        && !place.letter().equals(Place.ALL_LETTERS))
                .map(place -> place.letter() + ' ' + place.where())
                .distinct()
                .toList();

        assertThat(named()).extracting(Named::text).containsExactlyInAnyOrderElementsOf(places);
    }

    @Test
    void itsLinksLeadToTheFilesOfThoseMethods() throws IOException {
        assertThat(named()).allSatisfy(fence -> {
            assertThat(fence.file()).exists();
            assertThat(fence.file().getFileName()).hasToString(fence.type() + ".java");
            assertThat(Files.readString(fence.file())).contains(fence.method() + "(");
        });
    }
}
