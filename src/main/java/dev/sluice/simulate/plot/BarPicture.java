package dev.sluice.simulate.plot;

import dev.sluice.simulate.Comparison;
import dev.sluice.simulate.LowerBound;
import java.util.List;
import java.util.Locale;

/** Makespan and mean time of an agent under every law, and what no law can beat. Immutable. */
final class BarPicture {

    private static final int WIDTH = 1_000;
    private static final int HEAD = 66;
    private static final int FOOT = 34;
    private static final int ROW = 40;
    private static final double LEFT = 190;
    private static final double WIDE = 720;

    private final String title;
    private final List<Comparison.Row> rows;
    private final LowerBound bound;
    private final double longest;

    BarPicture(String title, List<Comparison.Row> rows, LowerBound bound) {
        this.title = title + " · means over the seeds";
        this.rows = rows;
        this.bound = bound;
        this.longest =
                rows.stream().mapToDouble(Comparison.Row::makespanSeconds).max().orElse(1);
    }

    String svg(String style) {
        int bottom = HEAD + ROW * rows.size();
        Svg svg = new Svg(WIDTH, bottom + FOOT, title);
        svg.text("title", 14, 22, title);
        key(svg, LEFT, "makespan", "time to finish all");
        key(svg, LEFT + 150, "mean", "mean time of an agent");
        key(svg, LEFT + 320, "bound", "lower bounds of both");
        Axes axes = new Axes(LEFT, HEAD, WIDE, bottom - HEAD, longest, 1);
        double step = Axes.step(longest);
        for (double seconds = 0; seconds <= longest; seconds += step) {
            svg.line("grid", axes.x(seconds), HEAD, axes.x(seconds), bottom);
            svg.text("number middle", axes.x(seconds), bottom + 16, Axes.number(seconds) + (seconds == 0 ? " s" : ""));
        }
        for (int i = 0; i < rows.size(); i++) {
            draw(svg, axes, rows.get(i), HEAD + ROW * i);
        }
        svg.line("bound", axes.x(bound.makespanSeconds()), HEAD - 6, axes.x(bound.makespanSeconds()), bottom);
        svg.line("bound mean-bound", axes.x(bound.meanSeconds()), HEAD - 6, axes.x(bound.meanSeconds()), bottom);
        return svg.document(style);
    }

    private static void key(Svg svg, double x, String look, String name) {
        svg.rectangle("key " + look, x, 42, 14, 4);
        svg.text("small", x + 18, 48, name);
    }

    private static void draw(Svg svg, Axes axes, Comparison.Row row, double top) {
        svg.text("law end", LEFT - 10, top + 24, row.law());
        bar(svg, axes, "makespan", row.makespanSeconds(), top + 5);
        bar(svg, axes, "mean", row.mean(outcome -> outcome.lifeSeconds().mean()), top + 21);
    }

    private static void bar(Svg svg, Axes axes, String look, double seconds, double top) {
        svg.rectangle("bar " + look, LEFT, top, axes.x(seconds) - LEFT, 13);
        svg.text("number", axes.x(seconds) + 5, top + 10.5, String.format(Locale.ROOT, "%,.0f", seconds));
    }
}
