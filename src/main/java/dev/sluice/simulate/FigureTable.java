package dev.sluice.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Figures of several runs side by side: one line a figure, one column a run. */
public final class FigureTable {

    private static final int COLUMN_CHARS = 16;

    /**
     * One figure.
     *
     * @param title for people
     * @param key in JSON
     * @param decimals shown to people
     */
    private record Line(String title, String key, int decimals, ToDoubleFunction<Figures> figure) {}

    private static final List<Line> LINES = List.of(
            new Line("time to finish all, s", "seconds", 1, Figures::seconds),
            new Line(
                    "mean time of an agent, s",
                    "agentSecondsMean",
                    1,
                    figures -> figures.agentSeconds().mean()),
            new Line("steps answered", "steps", 0, Figures::steps),
            new Line("prefix hit rate", "hitRatio", 3, Figures::hitRatio),
            new Line("prompt tokens computed", "computedTokens", 0, Figures::computedTokens),
            new Line("time of a step in the engine, s", "engineSecondsPerStep", 2, Figures::engineSecondsPerStep),
            new Line(
                    "time to first token p50, s",
                    "firstTokenP50Seconds",
                    2,
                    figures -> figures.firstTokenSeconds().quantile(0.5)),
            new Line(
                    "time to first token p99, s",
                    "firstTokenP99Seconds",
                    2,
                    figures -> figures.firstTokenSeconds().quantile(0.99)),
            new Line("steps held", "heldSteps", 0, Figures::heldSteps),
            new Line(
                    "mean wait, s",
                    "waitMeanSeconds",
                    2,
                    figures -> figures.waitSeconds().mean()),
            new Line(
                    "longest wait, s",
                    "waitMaxSeconds",
                    1,
                    figures -> figures.waitSeconds().max()),
            new Line("steps refused", "refusals", 0, Figures::refusals),
            new Line("agents paused", "pausedAgents", 0, Figures::pausedAgents),
            new Line("pauses", "pauses", 0, Figures::pauses));

    private FigureTable() {}

    /** One column: times in seconds, sizes in tokens. */
    public static ObjectNode json(Figures figures) {
        ObjectNode column = JsonNodeFactory.instance.objectNode();
        LINES.forEach(line -> column.put(line.key, line.figure.applyAsDouble(figures)));
        return column;
    }

    /** For people; {@code columns} by their titles, as {@link #json} makes them. */
    public static String text(JsonNode columns) {
        List<String> rows = new ArrayList<>();
        StringBuilder head = new StringBuilder("%-32s".formatted(""));
        for (Map.Entry<String, JsonNode> column : columns.properties()) {
            head.append("  ").append(("%" + COLUMN_CHARS + "s").formatted(shortened(column.getKey())));
        }
        rows.add(head.toString());
        for (Line line : LINES) {
            StringBuilder row = new StringBuilder("%-32s".formatted(line.title));
            String format = "  %," + COLUMN_CHARS + "." + line.decimals + "f";
            for (JsonNode column : columns) {
                row.append(
                        String.format(Locale.ROOT, format, column.path(line.key).asDouble()));
            }
            rows.add(row.toString());
        }
        return String.join(System.lineSeparator(), rows) + System.lineSeparator();
    }

    private static String shortened(String title) {
        return title.length() <= COLUMN_CHARS ? title : "…" + title.substring(title.length() - COLUMN_CHARS + 1);
    }
}
