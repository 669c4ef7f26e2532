// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

/**
 * What has changed since the last frame: a list of rectangles that covers every pixel that was added.
 *
 * <p>A rectangle that lies in another is dropped, and two that make a rectangle together become one. Beyond that nothing
 * is covered that was not added, until the list is full: then the two whose common rectangle wastes the fewest pixels are
 * joined, and {@link #isExact()} says so: what lies between them is sent as well, so it has to be right in the memory that
 * it is sent from. A frame sends one transfer for each rectangle, so a list of one rectangle, the bounds of all that changed, is
 * the cheapest in commands and the dearest in pixels.
 *
 * <p>Used again and again with {@link #clear()}; allocates nothing once made. One thread at a time.
 */
public final class Damage {
    /** Left, top, right and bottom edges; with room for one rectangle more than the list keeps. */
    private final int[] left;

    private final int[] top;
    private final int[] right;
    private final int[] bottom;
    private int count;
    private boolean exact = true;

    /**
     * Makes an empty list.
     *
     * @param maxRectangles how many rectangles it keeps at most, at least 1
     * @throws IllegalArgumentException if it is less than 1
     */
    public Damage(int maxRectangles) {
        if (maxRectangles < 1) {
            throw new IllegalArgumentException("a list keeps at least 1 rectangle, not " + maxRectangles);
        }
        this.left = new int[maxRectangles + 1];
        this.top = new int[maxRectangles + 1];
        this.right = new int[maxRectangles + 1];
        this.bottom = new int[maxRectangles + 1];
    }

    /** Forgets all of it. */
    public void clear() {
        count = 0;
        exact = true;
    }

    /**
     * Adds a rectangle; one without pixels changes nothing.
     *
     * @param x left edge, 0 or more
     * @param y top edge, 0 or more
     * @param width 0 or more
     * @param height 0 or more
     * @return this list
     * @throws IllegalArgumentException if a value is negative or an edge lies beyond 2^31-1
     */
    public Damage add(int x, int y, int width, int height) {
        if ((x | y | width | height | (x + width) | (y + height)) < 0) {
            throw new IllegalArgumentException("no rectangle: " + width + "x" + height + " at " + x + ", " + y);
        }
        if (width > 0 && height > 0) {
            put(count++, x, y, x + width, y + height);
            joinWhatWastesNothing();
            if (count == left.length) {
                joinCheapest();
                joinWhatWastesNothing();
            }
        }
        return this;
    }

    private void put(int i, int newLeft, int newTop, int newRight, int newBottom) {
        left[i] = newLeft;
        top[i] = newTop;
        right[i] = newRight;
        bottom[i] = newBottom;
    }

    /** Every pair whose common rectangle has no pixel that is in neither, until there is none. */
    private void joinWhatWastesNothing() {
        int i = 0;
        while (i < count) {
            int other = i + 1;
            while (other < count && waste(i, other) > 0) {
                other++;
            }
            if (other < count) {
                join(i, other);
                // What it has become may fit to those before it.
                i = 0;
            } else {
                i++;
            }
        }
    }

    private void joinCheapest() {
        int first = 0;
        int second = 1;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            for (int other = i + 1; other < count; other++) {
                long waste = waste(i, other);
                if (waste < least) {
                    least = waste;
                    first = i;
                    second = other;
                }
            }
        }
        exact = false;
        join(first, second);
    }

    /** The pixels of the common rectangle of two that are in neither of them. */
    private long waste(int i, int other) {
        long common = area(
                Math.min(left[i], left[other]),
                Math.min(top[i], top[other]),
                Math.max(right[i], right[other]),
                Math.max(bottom[i], bottom[other]));
        long both = area(
                Math.max(left[i], left[other]),
                Math.max(top[i], top[other]),
                Math.min(right[i], right[other]),
                Math.min(bottom[i], bottom[other]));
        return common - (area(i) + area(other) - both);
    }

    private long area(int i) {
        return area(left[i], top[i], right[i], bottom[i]);
    }

    private static long area(int l, int t, int r, int b) {
        return r <= l || b <= t ? 0 : (long) (r - l) * (b - t);
    }

    private void join(int i, int other) {
        put(
                i,
                Math.min(left[i], left[other]),
                Math.min(top[i], top[other]),
                Math.max(right[i], right[other]),
                Math.max(bottom[i], bottom[other]));
        count--;
        put(other, left[count], top[count], right[count], bottom[count]);
    }

    /** {@return whether nothing has changed} */
    public boolean isEmpty() {
        return count == 0;
    }

    /** {@return whether every pixel that is covered was added; false once the list was full} */
    public boolean isExact() {
        return exact;
    }

    /** {@return how many rectangles there are} */
    public int count() {
        return count;
    }

    /**
     * {@return the left edge of a rectangle}
     *
     * @param i 0 up to {@link #count()}
     */
    public int x(int i) {
        return left[checked(i)];
    }

    /**
     * {@return the top edge of a rectangle}
     *
     * @param i 0 up to {@link #count()}
     */
    public int y(int i) {
        return top[checked(i)];
    }

    /**
     * {@return the width of a rectangle, at least 1}
     *
     * @param i 0 up to {@link #count()}
     */
    public int width(int i) {
        return right[checked(i)] - left[i];
    }

    /**
     * {@return the height of a rectangle, at least 1}
     *
     * @param i 0 up to {@link #count()}
     */
    public int height(int i) {
        return bottom[checked(i)] - top[i];
    }

    private int checked(int i) {
        if (i < 0 || i >= count) {
            throw new IndexOutOfBoundsException("rectangle " + i + " of " + count);
        }
        return i;
    }

    /** {@return the pixels of all rectangles, those in two of them twice: what a frame transfers} */
    public long pixels() {
        long pixels = 0;
        for (int i = 0; i < count; i++) {
            pixels += area(i);
        }
        return pixels;
    }

    int boundsX() {
        return least(left);
    }

    int boundsY() {
        return least(top);
    }

    int boundsWidth() {
        return greatest(right) - least(left);
    }

    int boundsHeight() {
        return greatest(bottom) - least(top);
    }

    private int least(int[] edges) {
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            least = Math.min(least, edges[i]);
        }
        return least;
    }

    private int greatest(int[] edges) {
        int greatest = 0;
        for (int i = 0; i < count; i++) {
            greatest = Math.max(greatest, edges[i]);
        }
        return greatest;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Damage[");
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(width(i))
                    .append('x')
                    .append(height(i))
                    .append(" at ")
                    .append(x(i))
                    .append(',')
                    .append(y(i));
        }
        return text.append(']').toString();
    }
}
