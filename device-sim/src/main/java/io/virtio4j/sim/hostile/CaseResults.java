// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;

/**
 * The file with what came of the cases that one party was played with: a line that says how many plays there are to be, then a line
 * for each that there was, as {@link CaseResult#toLine} has it. A reader that counts knows whether the run was whole.
 *
 * <p>The file is named after the party. Where the same cases are played in a second JVM of other options, the system property
 * {@value #VARIANT_PROPERTY} names it there and becomes part of the file's name; a run without it removes the files of all variants,
 * since they are older.
 *
 * <p>One thread.
 */
public final class CaseResults {
    /** The system property that tells one JVM's results from another's. */
    public static final String VARIANT_PROPERTY = "hostile.variant";

    /** What the first line begins with; the number follows. */
    public static final String PLAYS = "plays=";

    private static final String SUFFIX = ".tsv";

    private final Path file;

    private CaseResults(Path file) {
        this.file = file;
    }

    /**
     * Begins a party's file anew.
     *
     * @param directory where; created if it is missing
     * @param party what the party is called
     * @param cases what it will be played with, each case on each of its rings
     * @return the results, none so far
     */
    public static CaseResults begin(
            Path directory, String party, Collection<? extends HostileCase<? extends PeerPort>> cases) {
        return begin(directory, party, cases, System.getProperty(VARIANT_PROPERTY, ""));
    }

    static CaseResults begin(
            Path directory, String party, Collection<? extends HostileCase<? extends PeerPort>> cases, String variant) {
        int plays = cases.stream().mapToInt(one -> one.rings().size()).sum();
        try {
            Files.createDirectories(directory);
            if (variant.isEmpty()) {
                removeVariants(directory, party);
            }
            Path file = directory.resolve(party + (variant.isEmpty() ? "" : "." + variant) + SUFFIX);
            Files.writeString(file, PLAYS + plays + "\n");
            return new CaseResults(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot begin the results of " + party + " in " + directory, e);
        }
    }

    private static void removeVariants(Path directory, String party) throws IOException {
        // A dot is in no party's name, so no other party's files are among these.
        try (var old = Files.newDirectoryStream(directory, party + ".*" + SUFFIX)) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
    }

    /** {@return the file} */
    public Path file() {
        return file;
    }

    /**
     * Adds what came of a case.
     *
     * @param result the result
     */
    public void add(CaseResult result) {
        try {
            Files.writeString(file, result.toLine() + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot add " + result.hostileCase().id() + " to " + file, e);
        }
    }
}
