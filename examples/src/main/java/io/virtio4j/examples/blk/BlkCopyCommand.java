// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk;

import io.virtio4j.examples.cli.DeviceOption;
import io.virtio4j.examples.cli.DeviceOption.SimFile;
import io.virtio4j.examples.cli.OutputFile;
import io.virtio4j.examples.cli.Progress;
import io.virtio4j.examples.cli.StoreOption;
import io.virtio4j.examples.cli.WorkFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
            "--to with --size gives back the file as it was. An image of sim:file that does not exist is made.",
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
            description =
                    "sim:file=PATH, an image; sim:memory, which is gone afterwards; or sim with --store or --file")
    private DeviceOption device;

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    private @Nullable StoreOption storeOption;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Direction direction;

    @Option(names = "--size", paramLabel = "BYTES", description = "with --to: stop after so many bytes")
    private Long sizeBytes;

    /** What {@code --device} takes here. */
    static final class DeviceConverter extends DeviceOption.Converter {
        DeviceConverter() {
            super(SIM_FILE, SIM_MEMORY, SIM);
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
        Optional<URI> store = StoreOption.named(storeOption, device, spec.commandLine());
        long lengthBytes = sourceLength(direction.from);
        try (Image image = imageFor(store, lengthBytes);
                Disk disk = Disk.open(image.store(), err)) {
            CopyReport report =
                    new Copy(disk, Progress.ofBytes("onto " + image, lengthBytes)).from(direction.from, lengthBytes);
            image.keep();
            return report;
        }
    }

    private Image imageFor(Optional<URI> store, long lengthBytes) {
        if (store.isPresent()) {
            Image image = opened(store.get(), direction.from);
            return image.requireRoomFor(lengthBytes);
        }
        if (device instanceof SimFile file) {
            refuseTheImageItself(direction.from, file.path());
            return Image.forWriting(file.path(), lengthBytes);
        }
        return Image.inMemory(lengthBytes);
    }

    private CopyReport into(PrintWriter err) {
        Optional<URI> store = StoreOption.named(storeOption, device, spec.commandLine());
        Image source;
        if (store.isPresent()) {
            source = opened(store.get(), direction.to);
        } else if (device instanceof SimFile file) {
            refuseTheImageItself(direction.to, file.path());
            source = Image.forReading(file.path());
        } else {
            throw usage("--to needs an image to copy from: --device sim:file=PATH, or sim with --store or --file");
        }
        try (Image image = source;
                Disk disk = Disk.open(image.store(), err)) {
            Path target = OutputFile.of(direction.to);
            long capacityBytes = disk.capacityBytes();
            long lengthBytes = sizeBytes == null ? capacityBytes : sizeBytes;
            if (lengthBytes < 1 || lengthBytes > capacityBytes) {
                throw usage("--size is 1 to " + capacityBytes + ", the bytes of " + image + ", not " + lengthBytes);
            }
            return new Copy(disk, Progress.ofBytes("out of " + image, lengthBytes)).to(target, lengthBytes);
        }
    }

    /** A store that has been named, of which no file is what it is copied with. */
    private Image opened(URI uri, Path other) {
        Image image = Image.of(StoreOption.open(uri, spec.commandLine()));
        try {
            StoreOption.files(uri).forEach(file -> refuseTheImageItself(other, file));
            return image;
        } catch (WorkFailedException e) {
            image.close();
            throw e;
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
