// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk;

import io.virtio4j.examples.cli.DeviceOption;
import io.virtio4j.examples.cli.DeviceOption.SimFile;
import io.virtio4j.examples.cli.WorkFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code virtio4j blk-copy}: a file onto a block device, or a block device into a file, through the driver. */
@Command(
        name = "blk-copy",
        description = "Copy a file onto a block device (--from) or a block device into a file (--to).",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "A device has whole sectors of 512 bytes: the last one of a file is filled up with zeros, and",
            "--to with --size gives back the file as it was. An image that does not exist is made.",
            "Exit status: 0 done, 1 the work failed, 2 bad usage."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class BlkCopyCommand implements Callable<Integer> {
    /** Which way to copy. */
    static final class Direction {
        @Option(names = "--from", paramLabel = "F", required = true, description = "copy this file onto the device")
        private Path from;

        @Option(names = "--to", paramLabel = "F", required = true, description = "copy the device into this file")
        private Path to;
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--device",
            paramLabel = "D",
            required = true,
            converter = DeviceConverter.class,
            description = "sim:file=PATH, an image; or sim:memory, which is gone afterwards")
    private DeviceOption device;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Direction direction;

    @Option(names = "--size", paramLabel = "BYTES", description = "with --to: stop after so many bytes")
    private Long sizeBytes;

    /** What {@code --device} takes here. */
    static final class DeviceConverter extends DeviceOption.Converter {
        DeviceConverter() {
            super(SIM_FILE, SIM_MEMORY);
        }
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        CopyReport report;
        if (direction.from != null) {
            if (sizeBytes != null) {
                throw usage("--size goes with --to: a file is copied whole");
            }
            report = onto(err);
        } else {
            report = into(err);
        }
        spec.commandLine().getOut().println(report.line());
        return 0;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private CopyReport onto(PrintWriter err) {
        long lengthBytes = sourceLength(direction.from);
        if (device instanceof SimFile file) {
            refuseTheImageItself(direction.from, file.path());
        }
        Image image = device instanceof SimFile file
                ? Image.forWriting(file.path(), lengthBytes)
                : Image.inMemory(lengthBytes);
        try (image;
                Disk disk = Disk.open(image.store(), err)) {
            CopyReport report =
                    new Copy(disk, Progress.of("onto " + image, lengthBytes)).from(direction.from, lengthBytes);
            image.keep();
            return report;
        }
    }

    private CopyReport into(PrintWriter err) {
        if (!(device instanceof SimFile file)) {
            throw usage("--to needs an image to copy from: --device sim:file=PATH");
        }
        Path target = target(direction.to, file.path());
        try (Image image = Image.forReading(file.path());
                Disk disk = Disk.open(image.store(), err)) {
            long capacityBytes = disk.capacityBytes();
            long lengthBytes = sizeBytes == null ? capacityBytes : sizeBytes;
            if (lengthBytes < 1 || lengthBytes > capacityBytes) {
                throw usage("--size is 1 to " + capacityBytes + ", the bytes of " + image + ", not " + lengthBytes);
            }
            return new Copy(disk, Progress.of("out of " + image, lengthBytes)).to(target, lengthBytes);
        }
    }

    private static long sourceLength(Path from) {
        try {
            if (!Files.isRegularFile(from)) {
                throw new WorkFailedException(
                        Files.exists(from) ? from + " is no regular file" : "there is no file " + from);
            }
            long lengthBytes = Files.size(from);
            if (lengthBytes == 0) {
                throw new WorkFailedException(from + " is empty: there is nothing to copy");
            }
            return lengthBytes;
        } catch (IOException e) {
            throw new WorkFailedException("cannot read " + from + " (" + e + ")", e);
        }
    }

    /** Where the copy goes: what is replaced there must be a file, and the file itself rather than a link to it. */
    private static Path target(Path to, Path image) {
        refuseTheImageItself(to, image);
        try {
            if (!Files.exists(to)) {
                return to;
            }
            if (!Files.isRegularFile(to)) {
                throw new WorkFailedException(to + " is no regular file");
            }
            return to.toRealPath();
        } catch (IOException e) {
            throw new WorkFailedException("cannot write " + to + " (" + e + ")", e);
        }
    }

    private static void refuseTheImageItself(Path file, Path image) {
        try {
            if (Files.exists(file) && Files.exists(image) && Files.isSameFile(file, image)) {
                throw new WorkFailedException(file + " is the image itself; name another file");
            }
        } catch (IOException e) {
            throw new WorkFailedException("cannot compare " + file + " with " + image + " (" + e + ")", e);
        }
    }
}
