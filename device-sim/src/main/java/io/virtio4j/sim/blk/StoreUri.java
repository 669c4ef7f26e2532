// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store's URI, taken apart: {@code scheme:/PATH?option&option=value}. A path or value with {@code %}, {@code ?},
 * {@code #} or {@code &} in it has them as {@code %25}, {@code %3F}, {@code %23} and {@code %26}.
 */
final class StoreUri {
    private final URI uri;
    private final String form;
    private final Path path;
    private final Map<String, String> options = new LinkedHashMap<>();

    private StoreUri(URI uri, String form, Path path) {
        this.uri = uri;
        this.form = form;
        this.path = path;
    }

    /**
     * Takes a URI apart.
     *
     * @param form what it should look like, for the message
     * @param known the options that there are
     * @throws IllegalArgumentException if it has no path, or another option
     */
    static StoreUri parse(URI uri, String form, Set<String> known) {
        if (uri.getPath() == null || uri.getPath().isEmpty()) {
            throw new IllegalArgumentException("'" + uri + "' is not of the form " + form);
        }
        StoreUri store = new StoreUri(uri, form, Path.of(uri.getPath()));
        String query = uri.getRawQuery();
        for (String part : query == null ? new String[0] : query.split("&", -1)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (!known.contains(name)) {
                throw store.malformed("there is no option '" + name + "'");
            }
            store.options.put(name, equals < 0 ? "" : decoded(part.substring(equals + 1)));
        }
        return store;
    }

    /** Percent-decoded, and nothing else: a plus stays a plus. */
    private static String decoded(String value) {
        return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    Path path() {
        return path;
    }

    /** Whether an option without a value is there. */
    boolean has(String option) {
        String value = options.get(option);
        if (value != null && !value.isEmpty()) {
            throw malformed("option '" + option + "' has no value");
        }
        return value != null;
    }

    /** An option's value, or null if the option is not there. */
    @Nullable
    String value(String option) {
        String value = options.get(option);
        if (value != null && value.isEmpty()) {
            throw malformed("option '" + option + "' needs a value");
        }
        return value;
    }

    /** The length that an option gives a disk, more than 0 and in whole sectors, or 0 if the option is not there. */
    long lengthBytes(String option) {
        String value = value(option);
        if (value == null) {
            return 0;
        }
        long length = numberOr0(value);
        if (length == 0 || !Sectors.isWhole(length)) {
            throw malformed("option '" + option + "' is not the length of a disk, as 64M is: '" + value + "'");
        }
        return length;
    }

    private static long numberOr0(String value) {
        try {
            return bytes(value);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private IllegalArgumentException malformed(String why) {
        return new IllegalArgumentException("'" + uri + "' is not of the form " + form + ": " + why);
    }

    /**
     * {@return a length in bytes from a number and perhaps K, M, G or T, for powers of 1024}
     *
     * @throws NumberFormatException if it is not that
     */
    static long bytes(String text) {
        int unit = text.isEmpty() ? -1 : "KMGT".indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
        long number = Long.parseLong(unit < 0 ? text : text.substring(0, text.length() - 1));
        long scale = 1L << (10 * (unit + 1));
        if (number < 0 || number > Long.MAX_VALUE / scale) {
            throw new NumberFormatException("'" + text + "' is not a length in bytes");
        }
        return number * scale;
    }
}
