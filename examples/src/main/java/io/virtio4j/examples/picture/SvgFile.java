// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes a drawing of rectangles, lines and text as SVG. The file appears under its name only when {@link #finish} has succeeded;
 * {@link #close} before that leaves nothing behind. Lengths are in the drawing's own units, x to the right and y downwards, and
 * mean pixels where it is shown in its own size. One thread at a time.
 */
public final class SvgFile implements AutoCloseable {

    /** Sans serif, whatever is there. */
    private static final String FONTS = "Helvetica, Arial, 'DejaVu Sans', sans-serif";

    /** Where a text is fixed. */
    public enum Anchor {
        /** At its left end. */
        START,
        /** In its middle. */
        MIDDLE
    }

    private final AtomicFile file;
    private final XMLStreamWriter xml;

    /**
     * Starts a drawing on white ground.
     *
     * @param path the file; one that is there is replaced by {@link #finish}
     * @param width of the drawing
     * @param height of the drawing
     * @param title for those who cannot see it: what it is
     * @param description for those who cannot see it: what it shows
     * @throws IOException if the file cannot be written
     */
    public SvgFile(Path path, int width, int height, String title, String description) throws IOException {
        this.file = new AtomicFile(path);
        try {
            this.xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(file.stream(), "UTF-8");
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeCharacters("\n");
            xml.writeStartElement("svg");
            xml.writeDefaultNamespace("http://www.w3.org/2000/svg");
            xml.writeAttribute("viewBox", "0 0 " + width + " " + height);
            xml.writeAttribute("width", Integer.toString(width));
            xml.writeAttribute("height", Integer.toString(height));
            xml.writeAttribute("role", "img");
            xml.writeAttribute("font-family", FONTS);
            xml.writeCharacters("\n");
            words("title", title);
            words("desc", description);
        } catch (XMLStreamException e) {
            file.close();
            throw failed(e);
        }
        rectangle(0, 0, width, height, "#ffffff", Map.of());
    }

    /**
     * Draws a filled rectangle.
     *
     * @param x left edge
     * @param y top edge
     * @param width of the rectangle
     * @param height of the rectangle
     * @param colour as in CSS
     * @param data what it stands for: attributes whose names get {@code data-} in front
     * @throws IOException if it cannot be written
     */
    public void rectangle(double x, double y, double width, double height, String colour, Map<String, String> data)
            throws IOException {
        try {
            xml.writeEmptyElement("rect");
            number("x", x);
            number("y", y);
            number("width", width);
            number("height", height);
            xml.writeAttribute("fill", colour);
            for (Map.Entry<String, String> entry : data.entrySet()) {
                xml.writeAttribute("data-" + entry.getKey(), entry.getValue());
            }
            xml.writeCharacters("\n");
        } catch (XMLStreamException e) {
            throw failed(e);
        }
    }

    /**
     * Draws a thin upright line.
     *
     * @param x where
     * @param top its upper end
     * @param bottom its lower end
     * @param colour as in CSS
     * @throws IOException if it cannot be written
     */
    public void upright(double x, double top, double bottom, String colour) throws IOException {
        try {
            xml.writeEmptyElement("line");
            number("x1", x);
            number("x2", x);
            number("y1", top);
            number("y2", bottom);
            xml.writeAttribute("stroke", colour);
            xml.writeCharacters("\n");
        } catch (XMLStreamException e) {
            throw failed(e);
        }
    }

    /**
     * Writes a line of text.
     *
     * @param x where it is fixed
     * @param y its base line
     * @param anchor what of it is fixed there
     * @param size the height of the font
     * @param bold whether the strokes are thick
     * @param colour as in CSS
     * @param text any characters
     * @throws IOException if it cannot be written
     */
    public void text(double x, double y, Anchor anchor, int size, boolean bold, String colour, String text)
            throws IOException {
        try {
            xml.writeStartElement("text");
            number("x", x);
            number("y", y);
            number("font-size", size);
            xml.writeAttribute("fill", colour);
            if (bold) {
                xml.writeAttribute("font-weight", "bold");
            }
            if (anchor == Anchor.MIDDLE) {
                xml.writeAttribute("text-anchor", "middle");
            }
            xml.writeCharacters(text);
            xml.writeEndElement();
            xml.writeCharacters("\n");
        } catch (XMLStreamException e) {
            throw failed(e);
        }
    }

    /**
     * Completes the file and gives it its name.
     *
     * @throws IOException if it cannot be written
     */
    public void finish() throws IOException {
        try {
            xml.writeEndElement();
            xml.writeCharacters("\n");
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw failed(e);
        }
        file.commit();
    }

    /**
     * Deletes what was written, unless it was finished.
     *
     * @throws IOException if that fails
     */
    @Override
    public void close() throws IOException {
        file.close();
    }

    private void words(String element, String text) throws XMLStreamException {
        xml.writeStartElement(element);
        xml.writeCharacters(text);
        xml.writeEndElement();
        xml.writeCharacters("\n");
    }

    /** To a hundredth, in digits, whatever the locale. */
    private void number(String name, double value) throws XMLStreamException {
        String digits = BigDecimal.valueOf(value)
                .setScale(2, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
        xml.writeAttribute(name, digits);
    }

    private static IOException failed(XMLStreamException e) {
        return e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
}
