package dev.sluice.simulate.plot;

import java.util.Locale;

/**
 * Writes one SVG document; what things look like is told by {@code picture.css}, for light and dark. Coordinates in
 * pixels, y downwards. Not thread-safe.
 */
final class Svg {

    private final StringBuilder body = new StringBuilder();
    private final int width;
    private final int height;
    private final String title;

    /** @param title read out to those who do not see the picture */
    Svg(int width, int height, String title) {
        this.width = width;
        this.height = height;
        this.title = title;
        rectangle("paper", 0, 0, width, height);
    }

    void rectangle(String look, double x, double y, double wide, double high) {
        add("<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", look, x, y, wide, high);
    }

    void line(String look, double x1, double y1, double x2, double y2) {
        add("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", look, x1, y1, x2, y2);
    }

    void text(String look, double x, double y, String text) {
        add("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", look, x, y, escaped(text));
    }

    /** @param path as SVG writes it, see {@link Axes} */
    void path(String look, String path) {
        add("<path class=\"%s\" d=\"%s\"/>", look, path);
    }

    private void add(String format, Object... values) {
        body.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** The document; the style is in it, so that it can stand alone. */
    String document(String style) {
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">%n"
                        + "<title>%s</title>%n<style>%n%s</style>%n%s</svg>%n",
                width,
                height,
                width,
                height,
                escaped(title),
                style,
                body);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
