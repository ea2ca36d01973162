package dev.sluice.engine;

import java.util.function.Consumer;

/**
 * Reads the Prometheus text exposition, line by line and in place. Comments are not read: what a family means is known
 * by its name. Never throws on content; a line that is no series is counted and passed over. A last line without its
 * line feed counts as such, because its number may have been cut.
 *
 * <p>The format: https://prometheus.io/docs/instrumenting/exposition_formats/. Departs from it where engines and
 * gateways do: white space at the ends of a line, exemplars, and anything else unreadable between readable lines.
 */
final class PrometheusText {

    /** A longer line is unreadable. */
    static final int MAX_LINE_BYTES = 64 << 10;

    private PrometheusText() {}

    /**
     * What a page was made of.
     *
     * @param series lines that were series
     * @param unreadable lines that were neither a series nor a comment nor blank
     */
    record Lines(int series, int unreadable) {}

    /** Hands each series of {@code page} to {@code reader}, in order, always as the same object. */
    static Lines read(byte[] page, Consumer<Series> reader) {
        Series series = new Series();
        int found = 0;
        int unreadable = 0;
        int start = 0;
        while (start < page.length) {
            int lineFeed = lineFeed(page, start);
            int content = start;
            while (content < lineFeed && Series.isBlank(page[content])) {
                content++;
            }
            if (content < lineFeed && page[content] != '#') {
                if (lineFeed < page.length
                        && lineFeed - content <= MAX_LINE_BYTES
                        && series.moveTo(page, content, lineFeed)) {
                    found++;
                    reader.accept(series);
                } else {
                    unreadable++;
                }
            }
            start = lineFeed + 1;
        }
        return new Lines(found, unreadable);
    }

    private static int lineFeed(byte[] page, int start) {
        int at = start;
        while (at < page.length && page[at] != '\n') {
            at++;
        }
        return at;
    }
}
