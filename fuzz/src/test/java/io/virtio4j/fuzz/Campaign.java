// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Plays inputs until so many steps are done: random bytes, and files of the corpus with a few bytes changed. The seed and the
 * corpus say which; an input that finds something is cut to what it takes and written to a file. One that never ends is written
 * as it is, and ends the JVM.
 */
final class Campaign {
    private static final int SHORTEST = 64;
    private static final int LONGEST = 8192;

    private final FuzzTarget target;
    private final List<byte[]> corpus;
    private final Path findings;

    Campaign(FuzzTarget target, List<byte[]> corpus, Path findings) {
        this.target = target;
        this.corpus = corpus;
        this.findings = findings;
    }

    /** {@return how many steps were done, at least as many as asked for} */
    long run(long steps, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long done = 0;
        try (Watchdog watchdog = Watchdog.over(target.name(), findings)) {
            for (long input = 0; done < steps; input++) {
                byte[] bytes = input(random);
                try {
                    done += Math.max(1, watchdog.play(target, bytes));
                } catch (Throwable found) {
                    throw report(bytes, "seed " + seed + ", input " + input, found);
                }
            }
        }
        return done;
    }

    private byte[] input(SplittableRandom random) {
        if (!corpus.isEmpty() && random.nextInt(4) == 0) {
            return mutated(corpus.get(random.nextInt(corpus.size())), random);
        }
        byte[] bytes = new byte[SHORTEST + random.nextInt(LONGEST)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] mutated(byte[] original, SplittableRandom random) {
        byte[] bytes = Arrays.copyOf(original, original.length + random.nextInt(256));
        for (int i = original.length; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        for (int i = 1 + random.nextInt(16); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private AssertionError report(byte[] bytes, String where, Throwable found) {
        byte[] shortest = cut(bytes);
        Path file = findings.resolve(target.name()).resolve(Integer.toHexString(Arrays.hashCode(shortest)) + ".bin");
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, shortest);
        } catch (IOException e) {
            found.addSuppressed(e);
        }
        return new AssertionError(
                target.name() + ", " + where + ", " + shortest.length + " bytes in " + file + ": " + found, found);
    }

    /** Cuts off what comes after the step that finds something, then takes out pieces that it does not need. */
    private byte[] cut(byte[] bytes) {
        int low = 0;
        int high = bytes.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (finds(Arrays.copyOf(bytes, middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        byte[] shortest = finds(Arrays.copyOf(bytes, high)) ? Arrays.copyOf(bytes, high) : bytes;
        for (int piece = Math.max(1, shortest.length / 2); piece > 0; piece /= 2) {
            for (int at = 0; at + piece <= shortest.length; ) {
                byte[] without = new byte[shortest.length - piece];
                System.arraycopy(shortest, 0, without, 0, at);
                System.arraycopy(shortest, at + piece, without, at, without.length - at);
                if (finds(without)) {
                    shortest = without;
                } else {
                    at += piece;
                }
            }
        }
        return shortest;
    }

    private boolean finds(byte[] bytes) {
        try {
            target.play(bytes);
            return false;
        } catch (Throwable found) {
            return true;
        }
    }
}
