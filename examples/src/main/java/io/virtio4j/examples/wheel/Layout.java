// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

/**
 * Where things stand in a picture of a given size. A wide picture has the panel with the result and the betting table at the
 * right of the wheel, a tall one has it below; a picture that is neither shows the result on the hub of the wheel. Lengths in
 * pixels.
 */
record Layout(
        int width,
        int height,
        double wheelX,
        double wheelY,
        double wheelRadius,
        double plaqueX,
        double plaqueY,
        double plaqueRadius,
        boolean panel,
        double titleY,
        double titleHeight,
        double tableX,
        double tableY,
        double cell) {

    /** The table is this many cells wide: the zero and twelve columns. */
    static final int TABLE_COLUMNS = 13;

    /** How tall a cell with a number is, where its width is 1; the row under them is as tall as a cell is wide. */
    static final double CELL_HEIGHT = 1.22;

    static final double TABLE_HEIGHT = 3 * CELL_HEIGHT + 1.05;

    private static final double PANEL_FROM_ASPECT = 1.45;
    private static final double WHEEL_PART = 0.465;
    private static final double MARGIN = 0.036;

    static Layout of(int width, int height) {
        double shorter = Math.min(width, height);
        double longer = Math.max(width, height);
        double radius = WHEEL_PART * shorter;
        if (longer < PANEL_FROM_ASPECT * shorter) {
            double x = width / 2.0;
            double y = height / 2.0;
            return new Layout(width, height, x, y, radius, x, y, 0.34 * radius, false, 0, 0, 0, 0, 0);
        }
        double margin = MARGIN * shorter;
        double room = longer - 2 * radius - 3 * margin;
        return width > height
                ? beside(width, height, radius, margin, Math.min(room, 1.05 * shorter))
                : below(width, height, radius, margin, Math.min(room, 1.05 * shorter));
    }

    private static Layout beside(int width, int height, double radius, double margin, double panelWidth) {
        double left = (width - 2 * radius - margin - panelWidth) / 2;
        double wheelX = left + radius;
        double wheelY = height / 2.0;
        double panelX = left + 2 * radius + margin + panelWidth / 2;
        double cell = Math.min(panelWidth / TABLE_COLUMNS, 0.40 * height / TABLE_HEIGHT);
        double tableBottom = wheelY + 0.90 * radius;
        double tableTop = tableBottom - TABLE_HEIGHT * cell;
        double titleHeight = Math.min(0.058 * height, panelWidth / 8);
        double titleY = wheelY - 0.90 * radius + titleHeight / 2;
        double free = tableTop - titleY - titleHeight / 2;
        double plaqueRadius = Math.min(0.40 * free, 0.42 * panelWidth);
        return new Layout(
                width,
                height,
                wheelX,
                wheelY,
                radius,
                panelX,
                titleY + titleHeight / 2 + free / 2,
                plaqueRadius,
                true,
                titleY,
                titleHeight,
                panelX - TABLE_COLUMNS * cell / 2,
                tableTop,
                cell);
    }

    private static Layout below(int width, int height, double radius, double margin, double panelHeight) {
        double top = (height - 2 * radius - margin - panelHeight) / 2;
        double wheelX = width / 2.0;
        double wheelY = top + radius;
        double panelTop = top + 2 * radius + margin;
        double cell = Math.min((width - 2 * margin) / TABLE_COLUMNS, 0.42 * panelHeight / TABLE_HEIGHT);
        double tableTop = panelTop + panelHeight - TABLE_HEIGHT * cell;
        double titleHeight = Math.min(0.058 * width, 0.12 * panelHeight);
        double titleY = panelTop + titleHeight;
        double free = tableTop - titleY - titleHeight / 2;
        double plaqueRadius = Math.min(0.40 * free, 0.42 * width);
        return new Layout(
                width,
                height,
                wheelX,
                wheelY,
                radius,
                wheelX,
                titleY + titleHeight / 2 + free / 2,
                plaqueRadius,
                true,
                titleY,
                titleHeight,
                wheelX - TABLE_COLUMNS * cell / 2,
                tableTop,
                cell);
    }
}
