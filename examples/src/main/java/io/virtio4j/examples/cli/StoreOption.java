// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStores;
import io.virtio4j.examples.cli.DeviceOption.SimFile;
import io.virtio4j.examples.cli.DeviceOption.SimMemory;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * What a simulated disk keeps its data in, by URI. A command has it as a group of which at most one option is given, and its
 * {@code --device} takes {@code sim} for it; docs/block-stores.md says which stores there are.
 */
public final class StoreOption {
    @Option(
            names = "--store",
            paramLabel = "URI",
            converter = UriConverter.class,
            description = "with --device sim: memory:64M, file:/PATH[?read-only|?create=64M],"
                    + " overlay:/BASE[?top=/TOP], or a store of your own")
    private @Nullable URI uri;

    @Option(names = "--file", paramLabel = "F", description = "short for --store file:F, an image that is there")
    private @Nullable Path file;

    /** Called by picocli. */
    public StoreOption() {}

    /** Reads a URI. */
    static final class UriConverter implements ITypeConverter<URI> {
        @Override
        public URI convert(String value) {
            try {
                return new URI(value);
            } catch (URISyntaxException e) {
                throw new TypeConversionException("'" + value + "' is no URI: " + e.getReason());
            }
        }
    }

    /**
     * Finds the store that was named.
     *
     * @param store what was given, or null if nothing was
     * @param device the command's device
     * @param commandLine the command
     * @return the store's URI; empty if the device says itself what it keeps its data in, or if there is none
     * @throws ParameterException if device and store do not go together
     */
    public static Optional<URI> named(@Nullable StoreOption store, DeviceOption device, CommandLine commandLine) {
        Optional<URI> uri = Optional.ofNullable(store).map(StoreOption::uri);
        if (device instanceof DeviceOption.Sim && uri.isEmpty()) {
            throw new ParameterException(
                    commandLine, "--device sim needs something to keep its data in: --store or --file");
        }
        if ((device instanceof SimMemory || device instanceof SimFile) && uri.isPresent()) {
            throw new ParameterException(
                    commandLine, "--store and --file go with --device sim; this device has its data elsewhere");
        }
        return uri;
    }

    private @Nullable URI uri() {
        return file == null ? uri : file.toAbsolutePath().toUri();
    }

    /**
     * Opens a store.
     *
     * @param uri where it is
     * @param commandLine the command
     * @return the store, to be closed by the caller
     * @throws ParameterException if that is no store's URI
     * @throws WorkFailedException if the store cannot be opened
     */
    public static BlockStore open(URI uri, CommandLine commandLine) {
        try {
            return BlockStores.open(uri);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine, "--store " + uri + " names no store (" + e.getMessage() + ")", e);
        } catch (IOException e) {
            throw new WorkFailedException("cannot open the store " + uri + " (" + e + ")", e);
        }
    }

    /**
     * {@return the files that a URI speaks of: its path, and each value of an option that is one}
     *
     * @param uri a store's
     */
    public static List<Path> files(URI uri) {
        List<Path> files = new ArrayList<>();
        if (uri.getPath() != null && !uri.getPath().isEmpty()) {
            files.add(Path.of(uri.getPath()));
        }
        String query = uri.getRawQuery();
        for (String option : query == null ? new String[0] : query.split("&", -1)) {
            String raw = option.substring(option.indexOf('=') + 1);
            String value = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (value.startsWith("/")) {
                files.add(Path.of(value));
            }
        }
        return files;
    }
}
