package dev.sluice.simulate.plot;

import dev.sluice.simulate.Comparison;
import dev.sluice.simulate.Moment;
import dev.sluice.simulate.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What happened under each law over time: pressure, budget and the engine's own gauge; the hit rate; who runs, stays, waits
 * and is parked. One row a law, the same scales for all. Immutable.
 */
final class RunPicture {

    private static final int WIDTH = 1_000;
    private static final int HEAD = 66;
    private static final int ROW = 190;
    private static final double FIELD_TOP = 34;
    private static final double FIELD_HIGH = 118;
    private static final double FIELD_WIDE = 268;
    private static final double[] FIELD_LEFT = {48, 384, 720};

    /** Moments over which the hit rate is taken, so that single long prompts do not hide its course. */
    private static final int HIT_WINDOW = 6;

    /** From the top of the stack: each is drawn over what is below. */
    private static final String[] STATES = {"parked", "waiting", "resident", "running"};

    private final String title;
    private final List<Comparison.Row> rows;
    private final double longest;
    private final double highestPressure;
    private final double mostAgents;

    RunPicture(String title, List<Comparison.Row> rows) {
        this.title = title + " · over time, seed 1";
        this.rows = rows;
        this.longest = most(rows, Moment::seconds);
        this.highestPressure = Math.max(1.2, 1.05 * most(rows, moment -> known(moment.pressure())));
        this.mostAgents = 1.05 * most(rows, moment -> stacked(moment, 0));
    }

    private static double most(List<Comparison.Row> rows, ToDoubleFunction<Moment> value) {
        return rows.stream()
                .flatMap(row -> row.course().stream())
                .mapToDouble(value)
                .max()
                .orElse(1);
    }

    private static double known(double value) {
        return Double.isNaN(value) ? 0 : value;
    }

    String svg(String style) {
        Svg svg = new Svg(WIDTH, HEAD + ROW * rows.size(), title);
        svg.text("title", 14, 22, title);
        legend(svg, 0, List.of("pressure", "budget", "gauge"), List.of("pressure", "budget", "engine's own gauge"));
        legend(svg, 1, List.of("hits"), List.of("share of prompt tokens found in the cache"));
        legend(
                svg,
                2,
                List.of("running", "resident", "waiting", "parked"),
                List.of("running", "resident", "waiting", "parked"));
        for (int i = 0; i < rows.size(); i++) {
            draw(svg, rows.get(i), HEAD + ROW * i);
        }
        return svg.document(style);
    }

    private static void legend(Svg svg, int field, List<String> looks, List<String> names) {
        double x = FIELD_LEFT[field];
        for (int i = 0; i < names.size(); i++) {
            svg.rectangle("key " + looks.get(i), x, 42, 14, 4);
            svg.text("small", x + 18, 48, names.get(i));
            x += 30 + 5.6 * names.get(i).length();
        }
    }

    private void draw(Svg svg, Comparison.Row row, double top) {
        Outcome outcome = row.outcomes().get(0);
        svg.text("law", 14, top + 18, row.law());
        svg.text(
                "small end",
                WIDTH - 12,
                top + 18,
                String.format(
                        Locale.ROOT,
                        "all done after %,.0f s · mean %,.0f s · %.0f %% found in the cache",
                        outcome.makespanSeconds(),
                        outcome.lifeSeconds().mean(),
                        100 * outcome.hitRate()));
        Axes pressure = field(svg, 0, top, highestPressure);
        pressure.curve(svg, "curve gauge", row.course(), Moment::kvUsageRatio);
        pressure.curve(svg, "curve pressure", row.course(), Moment::pressure);
        pressure.curve(svg, "curve budget", row.course(), Moment::budget);
        hits(field(svg, 1, top, 1), svg, row.course());
        Axes agents = field(svg, 2, top, mostAgents);
        for (int state = 0; state < STATES.length; state++) {
            int from = state;
            agents.area(svg, "area " + STATES[state], row.course(), moment -> stacked(moment, from));
        }
        for (Axes field : List.of(pressure, agents)) {
            svg.line(
                    "done",
                    field.x(outcome.makespanSeconds()),
                    field.top(),
                    field.x(outcome.makespanSeconds()),
                    field.bottom());
        }
    }

    private Axes field(Svg svg, int number, double top, double highest) {
        Axes axes = new Axes(FIELD_LEFT[number], top + FIELD_TOP, FIELD_WIDE, FIELD_HIGH, longest, highest);
        axes.draw(svg);
        return axes;
    }

    private static void hits(Axes field, Svg svg, List<Moment> course) {
        List<Moment> ends = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        for (int i = 1; i < course.size(); i++) {
            Moment from = course.get(Math.max(0, i - HIT_WINDOW));
            Moment to = course.get(i);
            long asked = to.prefixQueryTokens() - from.prefixQueryTokens();
            ends.add(to);
            shares.add(asked > 0 ? (double) (to.prefixHitTokens() - from.prefixHitTokens()) / asked : Double.NaN);
        }
        int[] at = {0};
        field.curve(svg, "curve hits", ends, moment -> Math.max(0, shares.get(at[0]++)));
    }

    /** Agents in that state and those below it. */
    private static int stacked(Moment moment, int from) {
        int[] counts = {moment.parked(), moment.waiting(), moment.resident(), moment.running()};
        int sum = 0;
        for (int state = from; state < counts.length; state++) {
            sum += counts[state];
        }
        return sum;
    }
}
