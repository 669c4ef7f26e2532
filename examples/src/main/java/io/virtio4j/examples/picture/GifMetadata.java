// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;

/**
 * What a GIF says beside the pixels, as the trees that the JDK's writer takes. The names are those of the JDK's formats
 * {@code javax_imageio_gif_stream_1.0} and {@code javax_imageio_gif_image_1.0}.
 */
final class GifMetadata {

    /** The entry of the colour table that means "as in the picture before". */
    static final int TRANSPARENT = 255;

    private static final int ENTRIES = 256;

    private GifMetadata() {}

    /** Fills in the head of the file: the size, and the one colour table for all pictures. */
    static void describeStream(IIOMetadata metadata, int width, int height, Palette palette)
            throws IIOInvalidTreeException {
        IIOMetadataNode root = new IIOMetadataNode(metadata.getNativeMetadataFormatName());
        child(root, "Version", "value", "89a");
        child(
                root,
                "LogicalScreenDescriptor",
                "logicalScreenWidth",
                Integer.toString(width),
                "logicalScreenHeight",
                Integer.toString(height),
                "colorResolution",
                "8",
                "pixelAspectRatio",
                "0");
        IIOMetadataNode table = child(
                root,
                "GlobalColorTable",
                "sizeOfGlobalColorTable",
                Integer.toString(ENTRIES),
                "backgroundColorIndex",
                "0",
                "sortFlag",
                "FALSE");
        for (int i = 0; i < ENTRIES; i++) {
            int colour = i < palette.size() ? palette.colour(i) : 0;
            child(
                    table,
                    "ColorTableEntry",
                    "index",
                    Integer.toString(i),
                    "red",
                    Integer.toString(Rgb.red(colour)),
                    "green",
                    Integer.toString(Rgb.green(colour)),
                    "blue",
                    Integer.toString(Rgb.blue(colour)));
        }
        metadata.setFromTree(metadata.getNativeMetadataFormatName(), root);
    }

    /** Fills in the head of a picture: where it lies, how long it is shown, and, before the first, that all loop for ever. */
    static void describePicture(IIOMetadata metadata, PixelRect area, int delayCentis, boolean first)
            throws IIOInvalidTreeException {
        IIOMetadataNode root = new IIOMetadataNode(metadata.getNativeMetadataFormatName());
        child(
                root,
                "ImageDescriptor",
                "imageLeftPosition",
                Integer.toString(area.x()),
                "imageTopPosition",
                Integer.toString(area.y()),
                "imageWidth",
                Integer.toString(area.width()),
                "imageHeight",
                Integer.toString(area.height()),
                "interlaceFlag",
                "FALSE");
        child(
                root,
                "GraphicControlExtension",
                "disposalMethod",
                "doNotDispose",
                "userInputFlag",
                "FALSE",
                "transparentColorFlag",
                "TRUE",
                "transparentColorIndex",
                Integer.toString(TRANSPARENT),
                "delayTime",
                Integer.toString(delayCentis));
        if (first) {
            IIOMetadataNode extensions = child(root, "ApplicationExtensions");
            IIOMetadataNode loop =
                    child(extensions, "ApplicationExtension", "applicationID", "NETSCAPE", "authenticationCode", "2.0");
            // Sub-block 1: how often to repeat, as 16 bits, where 0 means for ever.
            loop.setUserObject(new byte[] {1, 0, 0});
        }
        metadata.setFromTree(metadata.getNativeMetadataFormatName(), root);
    }

    private static IIOMetadataNode child(IIOMetadataNode parent, String name, String... attributes) {
        IIOMetadataNode node = new IIOMetadataNode(name);
        for (int i = 0; i < attributes.length; i += 2) {
            node.setAttribute(attributes[i], attributes[i + 1]);
        }
        parent.appendChild(node);
        return node;
    }
}
