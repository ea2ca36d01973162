package dev.sluice.simulate.plot;

import dev.sluice.simulate.Moment;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A field with seconds to the right and some value upwards, both from 0. Immutable.
 *
 * @param left of the field, in pixels, as all but the last two
 * @param longest seconds at its right end
 * @param highest value at its top
 */
record Axes(double left, double top, double wide, double high, double longest, double highest) {

    private static final int MOST_TICKS = 4;

    double x(double seconds) {
        return left + wide * Math.min(1, seconds / longest);
    }

    double y(double value) {
        return top + high * (1 - Math.min(1, value / highest));
    }

    double bottom() {
        return top + high;
    }

    /** Grid, numbers and the base line. */
    void draw(Svg svg) {
        double step = step(highest);
        for (double value = 0; value <= highest * 1.001; value += step) {
            svg.line("grid", left, y(value), left + wide, y(value));
            svg.text("number end", left - 5, y(value) + 3.5, number(value));
        }
        double every = step(longest);
        for (double seconds = 0; seconds <= longest * 1.001; seconds += every) {
            svg.line("tick", x(seconds), bottom(), x(seconds), bottom() + 3);
            svg.text("number middle", x(seconds), bottom() + 14, number(seconds) + (seconds == 0 ? " s" : ""));
        }
        svg.line("axis", left, bottom(), left + wide, bottom());
    }

    /** A line through the values; it breaks where one is not known. */
    void curve(Svg svg, String look, List<Moment> course, ToDoubleFunction<Moment> value) {
        StringBuilder path = new StringBuilder();
        boolean drawing = false;
        for (Moment moment : course) {
            double at = value.applyAsDouble(moment);
            if (!Double.isNaN(at)) {
                append(path, drawing ? 'L' : 'M', moment.seconds(), at);
            }
            drawing = !Double.isNaN(at);
        }
        if (!path.isEmpty()) {
            svg.path(look, path.toString());
        }
    }

    /** The area below the values. */
    void area(Svg svg, String look, List<Moment> course, ToDoubleFunction<Moment> value) {
        if (course.isEmpty()) {
            return;
        }
        StringBuilder path = new StringBuilder();
        append(path, 'M', course.get(0).seconds(), 0);
        for (Moment moment : course) {
            append(path, 'L', moment.seconds(), value.applyAsDouble(moment));
        }
        append(path, 'L', course.get(course.size() - 1).seconds(), 0);
        svg.path(look, path.append('Z').toString());
    }

    private void append(StringBuilder path, char verb, double seconds, double value) {
        path.append(verb).append(pixels(x(seconds))).append(' ').append(pixels(y(value)));
    }

    private static String pixels(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** Between two ticks: 1, 2 or 5 times a power of ten. */
    static double step(double highest) {
        double power = Math.pow(10, Math.floor(Math.log10(highest / MOST_TICKS)));
        for (double step : new double[] {power, 2 * power, 5 * power}) {
            if (highest / step <= MOST_TICKS) {
                return step;
            }
        }
        return 10 * power;
    }

    static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : BigDecimal.valueOf(value)
                        .round(new MathContext(2))
                        .stripTrailingZeros()
                        .toPlainString();
    }
}
