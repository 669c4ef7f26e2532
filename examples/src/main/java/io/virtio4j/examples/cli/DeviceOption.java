// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Which device a command works on: {@code none}, {@code sim}, {@code sim:memory} or {@code sim:file=PATH}. */
public sealed interface DeviceOption {
    /** No device at all. */
    record None() implements DeviceOption {}

    /** The simulated device with nothing behind it but what the command gives it. */
    record Sim() implements DeviceOption {}

    /** A simulated device that keeps its data in memory. */
    record SimMemory() implements DeviceOption {}

    /**
     * A simulated device that keeps its data in a file.
     *
     * @param path the file
     */
    record SimFile(Path path) implements DeviceOption {}

    /** Reads a device from the command line. */
    final class Converter implements ITypeConverter<DeviceOption> {
        private static final String FILE = "sim:file=";

        @Override
        public DeviceOption convert(String value) {
            return switch (value) {
                case "none" -> new None();
                case "sim" -> new Sim();
                case "sim:memory" -> new SimMemory();
                default -> convertFile(value);
            };
        }

        private static DeviceOption convertFile(String value) {
            if (value.startsWith("vhost-user:")) {
                throw new TypeConversionException(
                        "'" + value + "': devices over vhost-user sockets are not available in this version");
            }
            if (!value.startsWith(FILE) || value.length() == FILE.length()) {
                throw new TypeConversionException(
                        "'" + value + "' is no device; use none, sim, sim:memory or sim:file=PATH");
            }
            try {
                return new SimFile(Path.of(value.substring(FILE.length())));
            } catch (InvalidPathException e) {
                throw new TypeConversionException("'" + value + "' does not name a file: " + e.getReason());
            }
        }
    }
}
